import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Latencies, Run } from './run-folder.ts'
import type { Plan } from './serve-run.ts'

const SOURCE = {
  source:
    'casys-kaist/LLMServingSim at 5daddb2: bench/examples (runs), workloads (requests), profiler/perf (kernel times)',
  license: 'MIT',
}

/**
 * A run as one small file: requests, step times and what was measured. Columns of whole numbers are differences between
 * neighbours; blocks of equal content are named by runs [first id, ids, first id, ids …] of consecutive ids.
 */
export function writeFixture(folder: string, run: Run, measured: Latencies, { timer, settings }: Plan): void {
  const { arrival, prompt, output, prefix } = run.requests
  const content = {
    ...SOURCE,
    run: run.name,
    settings,
    timer: { ...timer, tokens: differences(timer.tokens) },
    requests: {
      arrival: differences(arrival),
      prompt: Array.from(prompt),
      output: Array.from(output),
      prefix: Array.from(prompt, (_, i) => idRuns(prefix?.ids.subarray(prefix.start[i], prefix.start[i + 1]) ?? [])),
    },
    // Milliseconds, and microseconds per token.
    measured: {
      ttft: measured.ttft.map((seconds) => Math.round(seconds * 1e3)),
      tpot: measured.tpot.map((seconds) => Math.round(seconds * 1e6)),
      e2e: measured.e2e.map((seconds) => Math.round(seconds * 1e3)),
    },
  }
  mkdirSync(folder, { recursive: true })
  const text = JSON.stringify(content).replaceAll(/,"(?=\w+":[[{])/g, ',\n"')
  writeFileSync(join(folder, `vllm-${run.name.toLowerCase()}.json`), `${text}\n`)
}

function differences(values: ArrayLike<number>): number[] {
  return Array.from(values, (value, i) => value - (i === 0 ? 0 : (values[i - 1] ?? 0)))
}

function idRuns(ids: ArrayLike<number>): number[] {
  const runs: number[] = []
  for (const [i, id] of Array.from(ids).entries()) {
    if (i > 0 && id === (ids[i - 1] ?? 0) + 1) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
    else runs.push(id, 1)
  }
  return runs
}
