import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { PincerError } from '../src/issue/index.ts'
import {
  type Calibration,
  type DeploymentRow,
  type Scenario,
  deploymentQuestion,
  parseScenario,
  timeOnGpu,
} from '../src/predict/index.ts'

/** A measured deployment with the question it answers. */
export interface Deployment {
  readonly scenario: Scenario
  /** model · chip · precision · engine: rows of one group share whatever is particular to it. */
  readonly group: string
  readonly ttft: number
  readonly tpot: number
}

/** Predicted over measured. */
export interface Ratio {
  readonly ttft: number
  readonly tpot: number
}

/** Aggregated deployments without speculative decoding, the ones whose labels are complete. */
export function readDeployments(folder: string): Deployment[] {
  const rows = parse(readFileSync(join(folder, 'serving.csv')), { columns: true }) as DeploymentRow[]
  return rows
    .filter(
      (row) => row['mode'] === 'aggregated' && (row['spec_decode'] === 'off' || row['spec_decode'] === 'likely-off'),
    )
    .map(toDeployment)
}

function toDeployment(row: DeploymentRow): Deployment {
  const scenario = parseScenario(deploymentQuestion(row).scenario)
  const group = [row['model'], row['chip'], row['precision'], row['engine']].join(' ')
  return { scenario, group, ttft: Number(row['ttft_ms']) / 1e3, tpot: Number(row['tpot_ms']) / 1e3 }
}

/** What the model says of a deployment under `calibration`, over what was measured; undefined when it does not fit. */
export function ratio(deployment: Deployment, calibration: Calibration): Ratio | undefined {
  try {
    const { serving } = timeOnGpu(deployment.scenario, calibration)
    return { ttft: serving.ttft / deployment.ttft, tpot: serving.tpot / deployment.tpot }
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}
