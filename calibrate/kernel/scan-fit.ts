import { type Machine, type ScanFigures, kernelConstants } from '../../src/kernel/index.ts'
import { computeTime, memoryTime } from '../../src/kernel/operator-time.ts'
import { LIBRARIES, type Library } from '../../src/kernel/surfaces.ts'
import { scanTime } from '../../src/kernel/scan-time.ts'
import { type LinearMixer, type ModelArch, type Operator, prefillPass } from '../../src/model/index.ts'
import { chipWork, tensorMapping } from '../../src/parallel/index.ts'
import { quantile } from '../../cli/validate/score.ts'
import { round } from '../residual-score.ts'
import { type Row, number, readTable, seconds } from './read-table.ts'

/** One prompt pass of a delta rule, convolution and rule together, timed alone. */
interface ScanTiming {
  readonly chip: string
  readonly chain: number
  readonly compute: number
  readonly memory: number
  readonly seconds: number
}

export interface ScanFit {
  readonly figures: Readonly<Record<Library, ScanFigures>>
  /** Median and 90th percentile of |predicted / timed − 1| per library, in percent: on all timings, and on chips that the fit has not seen. */
  readonly residuals: Readonly<
    Record<string, { readonly all: number[]; readonly chipsLeftOut: number[]; readonly timings: number }>
  >
}

/** The constants of `scanTime` per library, the least absolute log error over all timed chips, and how they do on chips left out. */
export async function fitScan(folder: string, machines: readonly Machine[]): Promise<ScanFit> {
  const timings = new Map<Library, ScanTiming[]>(LIBRARIES.map((library) => [library, []]))
  for (const machine of machines) {
    for (const [library, found] of await scanTimings(folder, machine)) timings.get(library)!.push(...found)
  }
  const figures: Record<string, ScanFigures> = {}
  const residuals: Record<string, ScanFit['residuals'][string]> = {}
  for (const [library, all] of timings) {
    figures[library] = rounded(fit(all))
    const left = [...new Set(all.map(({ chip }) => chip))].flatMap((chip) => {
      const without = fit(all.filter((timing) => timing.chip !== chip))
      return errors(
        without,
        all.filter((timing) => timing.chip === chip),
      )
    })
    residuals[library] = {
      all: spread(errors(figures[library], all)),
      chipsLeftOut: spread(left),
      timings: all.length,
    }
  }
  return { figures: figures as Record<Library, ScanFigures>, residuals }
}

const LIBRARY: Readonly<Record<string, Library>> = { vLLM: 'vllm', SGLang: 'sglang', TRTLLM: 'trtllm' }

async function scanTimings(folder: string, machine: Machine): Promise<Map<Library, ScanTiming[]>> {
  const parts = new Map<string, { row: Row; rule: number; convolution: number }>()
  for (const row of await readTable(folder, machine.id, 'gdn')) {
    if (row['phase'] !== 'context') continue
    const key = [row['framework'], row['batch_size'], row['seq_len'], row['num_k_heads'], row['num_v_heads']].join(' ')
    const part = parts.get(key) ?? { row, rule: Infinity, convolution: Infinity }
    if (String(row['kernel_source']).startsWith('causal_conv1d'))
      part.convolution = Math.min(part.convolution, seconds(row))
    else part.rule = Math.min(part.rule, seconds(row))
    parts.set(key, part)
  }
  const found = new Map<Library, ScanTiming[]>(LIBRARIES.map((library) => [library, []]))
  for (const { row, rule, convolution } of parts.values()) {
    const library = LIBRARY[String(row['framework'])]
    if (library === undefined || !Number.isFinite(rule + convolution)) continue
    const operator = operatorOf(row)
    found.get(library)!.push({
      chip: machine.id,
      chain: operator.chain!,
      compute: computeTime(operator, machine),
      memory: memoryTime(operator, machine),
      seconds: rule + convolution,
    })
  }
  return found
}

// Dimensions of a table's row as a layer that is served on one chip.
function operatorOf(row: Row): Operator {
  const [keyHeads, heads] = [number(row, 'num_k_heads'), number(row, 'num_v_heads')]
  const [keyDim, valueDim, kernel] = [number(row, 'head_k_dim'), number(row, 'head_v_dim'), number(row, 'd_conv')]
  const convolved = 2 * keyHeads * keyDim + heads * valueDim
  const mixer: LinearMixer = {
    kind: 'linear',
    variant: 'gated-delta-net',
    heads,
    stateValues: heads * keyDim * valueDim,
    convValues: convolved * (kernel - 1),
    inputCols: convolved + heads * valueDim + 2 * heads,
    outputRows: heads * valueDim,
    params: 0,
    recurrenceFlops: 7 * heads * keyDim * valueDim + 2 * convolved * kernel,
  }
  const arch: ModelArch = {
    id: 'kernel',
    name: 'kernel',
    family: 'kernel',
    hidden: number(row, 'd_model'),
    vocab: 1,
    tiedEmbeddings: true,
    maxContext: 1e6,
    layers: [{ count: 1, mixer, ffn: { kind: 'none' } }],
    mtpLayers: 0,
    checkpoint: { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' },
    extraParams: [],
  }
  const pass = prefillPass(number(row, 'batch_size'), number(row, 'seq_len'))
  const { operators } = chipWork(arch, pass, tensorMapping(1), { weights: arch.checkpoint, cache: 'bf16' })
  return operators.find(({ chain }) => chain !== undefined)!
}

/** Errors beyond this count no more: a kernel of another algorithm at some shape is not to bend the rest. */
const MOST = 0.7

function fit(timings: readonly ScanTiming[]): ScanFigures {
  const loss = (point: readonly number[]): number =>
    timings.reduce(
      (sum, timing) => sum + Math.min(MOST, Math.abs(Math.log(timeOf(figuresOf(point), timing) / timing.seconds))),
      0,
    )
  let best = [Math.log(2e-5), Math.log(1.5e-6), Math.log(1), Math.log(1)]
  let least = loss(best)
  for (let step = 0.5; step > 0.004;) {
    const before = least
    for (let i = 0; i < best.length; i++) {
      for (const change of [step, -step]) {
        const next = best.with(i, best[i]! + change)
        const value = loss(next)
        if (value < least) [best, least] = [next, value]
      }
    }
    if (least > before * (1 - 1e-4)) step /= 2
  }
  return figuresOf(best)
}

function figuresOf(point: readonly number[]): ScanFigures {
  const [start, chunk, memory, matrix] = point.map(Math.exp) as [number, number, number, number]
  return { start, chunk, memory, matrix }
}

function rounded({ start, chunk, memory, matrix }: ScanFigures): ScanFigures {
  return { start: round(start), chunk: round(chunk), memory: round(memory), matrix: round(matrix) }
}

function timeOf(figures: ScanFigures, { chain, compute, memory }: ScanTiming): number {
  const scan = { vllm: figures, sglang: figures, trtllm: figures }
  return scanTime(chain, compute, memory, { ...kernelConstants(), launchPace: 1, scan })
}

function errors(figures: ScanFigures, timings: readonly ScanTiming[]): number[] {
  return timings.map((timing) => Math.abs(timeOf(figures, timing) / timing.seconds - 1))
}

function spread(values: readonly number[]): number[] {
  return [0.5, 0.9].map((p) => Math.round(1000 * quantile(values, p)) / 10)
}
