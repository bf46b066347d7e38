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

/** A row of the table with its text; `deployment` is undefined where it cannot be asked. */
export interface MeasuredRow {
  readonly cells: DeploymentRow
  readonly deployment: Deployment | undefined
  /** Whether the constants may be fitted to it: aggregated, without drafts, so that its labels are complete. */
  readonly isFitted: boolean
}

/** All rows of serving.csv. */
export function readRows(folder: string): MeasuredRow[] {
  const rows = parse(readFileSync(join(folder, 'serving.csv')), { columns: true }) as DeploymentRow[]
  return rows.map((cells) => ({ cells, deployment: toDeployment(cells), isFitted: isFitted(cells) }))
}

/** Aggregated deployments without speculative decoding, the ones whose labels are complete. */
export function readDeployments(folder: string): Deployment[] {
  return readRows(folder).flatMap((row) => (row.isFitted && row.deployment !== undefined ? [row.deployment] : []))
}

function isFitted(row: DeploymentRow): boolean {
  return row['mode'] === 'aggregated' && (row['spec_decode'] === 'off' || row['spec_decode'] === 'likely-off')
}

function toDeployment(row: DeploymentRow): Deployment | undefined {
  try {
    const scenario = parseScenario(deploymentQuestion(row).scenario)
    const group = [row['model'], row['chip'], row['precision'], row['engine']].join(' ')
    return { scenario, group, ttft: Number(row['ttft_ms']) / 1e3, tpot: Number(row['tpot_ms']) / 1e3 }
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
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
