/**
 * Predicts recorded vLLM runs from the kernel tables of their GPUs and prints the errors beside those that LLMServingSim reports
 * for the same runs. Usage: npx tsx calibrate/vllm-runs.ts DIR [--write FOLDER], where DIR holds vllm-groundtruth/; `--write`
 * also leaves each run with results in FOLDER as the test's fixture. Runs without results are predicted all the same.
 */
import { parseArgs } from 'node:util'
import { quantile } from '../cli/validate/score.ts'
import { type SimulationRun, TICKS_PER_SECOND } from '../src/serving/index.ts'
import { writeFixture } from './vllm-runs/fixture.ts'
import { type Latencies, type Run, readRuns } from './vllm-runs/run-folder.ts'
import { latenciesOf, planOf, serveRun } from './vllm-runs/serve-run.ts'

const QUANTITIES = [
  { name: 'TPOT', key: 'tpot', peer: 'TPOT' },
  { name: 'E2E', key: 'e2e', peer: 'Latency' },
  { name: 'TTFT', key: 'ttft', peer: 'TTFT' },
] as const

const FIGURES = [
  { name: 'mean', peer: 'Mean', of: mean },
  { name: 'p50', peer: 'Median', of: (values: readonly number[]) => quantile(values, 0.5) },
  { name: 'p90', peer: 'P90', of: (values: readonly number[]) => quantile(values, 0.9) },
  { name: 'p99', peer: 'P99', of: (values: readonly number[]) => quantile(values, 0.99) },
] as const

function main(): void {
  const { values, positionals } = parseArgs({ options: { write: { type: 'string' } }, allowPositionals: true })
  const [folder] = positionals
  if (folder === undefined) throw new Error('usage: npx tsx calibrate/vllm-runs.ts DIR [--write FOLDER]')
  for (const run of readRuns(folder)) {
    const plan = planOf(run)
    const begin = performance.now()
    const served = serveRun(run, plan)
    const took = performance.now() - begin
    process.stdout.write(`${head(run, served, took)}\n${table(run, latenciesOf(served))}\n\n`)
    if (values.write !== undefined && run.measured !== null) writeFixture(values.write, run, run.measured, plan)
  }
}

function head(run: Run, served: SimulationRun, milliseconds: number): string {
  const { finished, steps, preempted, lastTick, peakBlocks, arrival } = served
  const hits = served.hitTokens.reduce((sum, tokens) => sum + tokens, 0)
  const span = (lastTick - (arrival[0] ?? 0)) / TICKS_PER_SECOND
  return [
    run.name,
    `${run.blocks} blocks (computed ${run.computedBlocks}, at most ${peakBlocks} used), ${finished} requests in ${span.toFixed(2)} s,`,
    `${steps} steps, ${preempted} preemptions, ${hits} tokens found in the prefix cache; simulated in ${milliseconds.toFixed(1)} ms`,
  ].join('\n')
}

function table(run: Run, predicted: Latencies): string {
  const rows = QUANTITIES.flatMap(({ name, key, peer }) =>
    FIGURES.map((figure) => {
      const ours = figure.of(predicted[key])
      const theirs = run.peer.get(`${peer} ${figure.peer}`) ?? '—'
      if (run.measured === null) return [`${name} ${figure.name}`, 'held out', ms(ours), '—', theirs]
      const real = figure.of(run.measured[key])
      return [`${name} ${figure.name}`, ms(real), ms(ours), percent(ours / real - 1), theirs]
    }),
  )
  return [['ms', 'measured', 'predicted', 'error', 'LLMServingSim'], ...rows]
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(10) : cell.padStart(14))).join(''))
    .join('\n')
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function ms(seconds: number): string {
  return (seconds * 1e3).toFixed(1)
}

function percent(ratio: number): string {
  return `${ratio < 0 ? '' : '+'}${(100 * ratio).toFixed(1)}%`
}

main()
