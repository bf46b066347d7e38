/**
 * Fits the constants of the kernel and step rooms to measured deployments, checks them on data they have not seen, and
 * writes catalog/fits/{kernel,engine,serving-band}.json. Usage: npm run calibrate -- --data DIR, where DIR holds serving.csv.
 * Deterministic: same data, same bytes.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Constants, constantsOf, FREE } from './constants.ts'
import { type Deployment, type Ratio, readDeployments } from './deployment.ts'
import { type Linearised, fitConstants, ratios, refit } from './fit.ts'
import { otherVendorRatios } from './other-vendor.ts'
import { residual, round, spread } from './residual.ts'

const ROUNDS = 5
const SOURCE = 'ai-dynamo/aiconfigurator silicon_sample.csv at 095f58a, cleaned; InferenceX runs of 2025-10 to 2026-04'

function main(): void {
  const { values } = parseArgs({ options: { data: { type: 'string' } } })
  if (values.data === undefined) throw new Error('usage: npm run calibrate -- --data DIR')
  const deployments = readDeployments(values.data)
  process.stderr.write(
    `start: ${JSON.stringify(residual(ratios(deployments, constantsOf(FREE.map((f) => f.start)))))}\n`,
  )
  const line = fitConstants(deployments, ROUNDS)
  const rounded = roundConstants(constantsOf(line.values))
  const seen = ratios(deployments, rounded)
  process.stderr.write(`fit:   ${JSON.stringify(residual(seen))}\n`)
  const byGroup = heldOut(line, ({ group }) => fold(group, 5))
  const byModel = heldOut(line, ({ scenario }) => scenario.model.id)
  const byChip = heldOut(line, ({ scenario }) => scenario.chip.id)
  const residuals = {
    inSample: residual(seen),
    leaveDeploymentsOut: residual(byGroup),
    leaveModelOut: residual(byModel),
    leaveChipOut: residual(byChip),
  }
  process.stderr.write(`${JSON.stringify(residuals, undefined, 2)}\n`)
  write('kernel', { source: SOURCE, rows: deployments.length, constants: fittedOnly(rounded.kernel), residuals })
  write('engine', { source: SOURCE, rows: deployments.length, engines: rounded.engines })
  const far = [...byModel, ...byChip]
  write('serving-band', bandFile(deployments, byGroup, far, spread(otherVendorRatios(values.data))))
}

/** Ratios of rows by constants fitted without the rows of the same key. */
function heldOut(line: Linearised, key: (deployment: Deployment) => string): Ratio[] {
  const keys = [...new Set(line.deployments.map(key))].sort()
  return keys.flatMap((held) => {
    const constants = refit(line, (deployment) => key(deployment) !== held)
    const found = ratios(
      line.deployments.filter((deployment) => key(deployment) === held),
      constants,
    )
    process.stderr.write(`without ${held}: ${JSON.stringify(residual(found))}\n`)
    return found
  })
}

// FNV-1a, so that the folds are the same everywhere.
function fold(text: string, folds: number): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return `fold ${hash % folds}`
}

interface Spread {
  readonly lo: number
  readonly hi: number
}

function bandFile(
  deployments: readonly Deployment[],
  near: readonly Ratio[],
  far: readonly Ratio[],
  vendor: Spread,
): unknown {
  const of = (rows: readonly Ratio[], widen: number): { tpot: Spread; ttft: Spread } => ({
    tpot: widened(spread(rows.map((r) => r.tpot)), widen),
    ttft: widened(spread(rows.map((r) => r.ttft)), widen),
  })
  const transferred = of(far, 1)
  return {
    source: SOURCE,
    level: 0.9,
    generations: [...new Set(deployments.map(({ scenario }) => scenario.chip.generation))].sort(),
    note: 'measured over predicted, 5 % and 95 % quantiles: fitted = deployments held out, transferred = models and chips held out, other-vendor = the wider of that and of published AMD and TPU throughputs, which are not fitted to, first-principles = transferred, squared (an estimate: nothing measured is like it)',
    spreads: {
      fitted: of(near, 1),
      transferred,
      'other-vendor': { tpot: hull(transferred.tpot, vendor), ttft: hull(transferred.ttft, vendor) },
      'first-principles': of(far, 2),
    },
  }
}

/** The wider of two spreads on each side. */
function hull(a: Spread, b: Spread): Spread {
  return { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) }
}

function widened({ lo, hi }: Spread, power: number): Spread {
  return { lo: round(Math.min(lo, 1) ** power), hi: round(Math.max(hi, 1) ** power) }
}

// What comes from kernel timings stays in kernel-table.json.
function fittedOnly(kernel: Constants['kernel']): unknown {
  return Object.fromEntries(Object.entries(kernel).filter(([name]) => FREE.some((free) => free.name === name)))
}

function roundConstants({ kernel, engines }: Constants): Constants {
  const all = <T extends object>(object: T): T =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, typeof value === 'number' ? round(value) : value]),
    ) as T
  return {
    kernel: all(kernel),
    engines: { vllm: all(engines.vllm), sglang: all(engines.sglang), trtllm: all(engines.trtllm) },
  }
}

function write(name: string, content: unknown): void {
  writeFileSync(new URL(`../catalog/fits/${name}.json`, import.meta.url), `${JSON.stringify(content, undefined, 2)}\n`)
}

main()
