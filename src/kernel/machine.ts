import { type Chip, type Known, type MemoryTier, findChip, storeOf, valueOf } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Bytes, type BytesPerSecond, type FlopPerSecond, type Format, OPERAND_BITS } from '../units/index.ts'

/** The figures of a chip that kernels need, as plain numbers; what had to be assumed is said in `notes`. */
export interface Machine {
  readonly id: string
  readonly generation: string
  readonly memoryBytes: Bytes
  readonly memoryRate: BytesPerSecond
  /** Share of `memoryRate` that large reads attain, over the same share on NVIDIA's chips; 1 where nobody measured it. */
  readonly memoryShare: number
  readonly rates: Readonly<Record<Format, Rate>>
  readonly scaleUpRate: BytesPerSecond
  readonly scaleUpDomain: number
  /** Each scale-up link leads to one other chip: n of them share n − 1 links of each. */
  readonly isMesh: boolean
  readonly scaleOutRate: BytesPerSecond
  readonly notes: readonly string[]
}

/** Matrix rate for operands of one format, and the format the hardware really multiplies in. */
export interface Rate {
  readonly flops: FlopPerSecond
  readonly computedIn: Format
  /** Share of `flops` that large products attain, over the same share on NVIDIA's chips; 1 where nobody measured it. */
  readonly share: number
}

/** Formats tried in turn when a chip has no matrix path for one: weights are widened before they are multiplied. */
const WIDER: Readonly<Record<Format, readonly Format[]>> = {
  fp4: ['fp4', 'mxfp4', 'fp8', 'bf16'],
  mxfp4: ['mxfp4', 'fp4', 'fp8', 'bf16'],
  int4: ['bf16', 'fp8'],
  fp8: ['fp8', 'bf16'],
  int8: ['int8', 'fp8', 'bf16'],
  bf16: ['bf16', 'fp8'],
  tf32: ['tf32', 'bf16', 'fp8'],
  fp32: ['fp32', 'tf32', 'bf16', 'fp8'],
}

const PCIE_RATE: BytesPerSecond = 64e9

/**
 * Plain numbers of a chip for the kernel path.
 * @throws PincerError `unsupported` when memory capacity, bandwidth or every matrix peak is unknown: no speed of light
 * exists without them.
 */
export function machineOf(chip: Chip): Machine {
  const known = MACHINES.get(chip)
  if (known !== undefined) return known
  const machine = readMachine(chip)
  MACHINES.set(chip, machine)
  return machine
}

// Chips are frozen: the same one always gives the same numbers.
const MACHINES = new WeakMap<Chip, Machine>()

function readMachine(chip: Chip): Machine {
  const notes: string[] = []
  const store = storeOf(chip)
  const [memoryBytes, memoryRate] = memoryFigures(chip, store)
  const rates = matrixRates(chip, notes)
  const scaleUpRate = linkRate(chip.scaleUp.bandwidth, PCIE_RATE, 'scale-up link', notes)
  return {
    id: chip.id,
    generation: chip.generation,
    memoryBytes,
    memoryRate,
    memoryShare: memoryShare(chip, memoryRate),
    rates,
    scaleUpRate,
    scaleUpDomain: valueOf(chip.scaleUp.domain) ?? valueOf(chip.node.chips) ?? 1,
    isMesh: chip.scaleUp.isMesh ?? false,
    scaleOutRate: linkRate(chip.scaleOut.bandwidth, Math.min(scaleUpRate, 50e9), 'scale-out link', notes),
    notes,
  }
}

function memoryFigures(chip: Chip, store: MemoryTier | undefined): [Bytes, BytesPerSecond] {
  const capacity = store === undefined ? undefined : valueOf(store.capacity)
  const bandwidth = store === undefined ? undefined : valueOf(store.bandwidth)
  if (capacity === undefined || bandwidth === undefined) {
    const message = `${chip.id} has no known ${capacity === undefined ? 'memory capacity' : 'memory bandwidth'}, so it cannot be timed`
    throw new PincerError({ code: 'unsupported', path: ['chip', 'memory'], message })
  }
  return [capacity, bandwidth]
}

function matrixRates(chip: Chip, notes: string[]): Record<Format, Rate> {
  const rates = {} as Record<Format, Rate>
  for (const format of Object.keys(WIDER) as Format[]) rates[format] = matrixRate(chip, format)
  if (rates.bf16.flops !== valueOf(chip.peak.bf16 ?? { unknown: '' })) {
    notes.push(`bf16 peak of ${chip.id} is not published; half its 8-bit peak assumed`)
  }
  return rates
}

// A rate that is not published although a narrower one is follows from it by the width of the operands.
function matrixRate(chip: Chip, format: Format): Rate {
  for (const candidate of WIDER[format]) {
    const peak = chip.peak[candidate]
    const flops = peak === undefined ? undefined : valueOf(peak)
    if (flops === undefined) continue
    const isWider = OPERAND_BITS[candidate] >= OPERAND_BITS[format]
    const share = matrixShare(chip, isWider ? candidate : format)
    return isWider
      ? { flops, computedIn: candidate, share }
      : { flops: (flops * OPERAND_BITS[candidate]) / OPERAND_BITS[format], computedIn: format, share }
  }
  throw new PincerError({
    code: 'unsupported',
    path: ['chip', 'peak'],
    message: `${chip.id} has no known matrix peak, so it cannot be timed`,
  })
}

/** Measured formats that tell of one that nobody measured, nearest width first. */
const MEASURED_LIKE: Readonly<Partial<Record<Format, readonly Format[]>>> = {
  fp4: ['fp4', 'mxfp4', 'fp8', 'bf16'],
  mxfp4: ['mxfp4', 'fp4', 'fp8', 'bf16'],
  fp8: ['fp8', 'int8', 'bf16'],
  int8: ['int8', 'fp8', 'bf16'],
}

/**
 * Share of its peak that a chip was measured to attain, over that of an NVIDIA chip in the same measurement: the constants of this room
 * hold what is lost on NVIDIA's chips, and this what is lost besides, or less. Never so much that a time beats the speed of light.
 */
function matrixShare({ peak, attained }: Chip, format: Format): number {
  for (const like of MEASURED_LIKE[format] ?? [format, 'bf16']) {
    const measured = attained?.matrix?.[like]
    if (measured === undefined) continue
    const own = shareOf(measured.rate, peak[like])
    const usual = shareOf(measured.beside.rate, findChip(measured.beside.chip).peak[like])
    if (own !== undefined && usual !== undefined) return Math.min(own / usual, 1 / NVIDIA_MATRIX_SHARE)
  }
  return 1
}

function shareOf(rate: Known, peak: Known | undefined): number | undefined {
  const [reached, most] = [valueOf(rate), peak && valueOf(peak)]
  return reached === undefined || most === undefined ? undefined : reached / most
}

/** Shares of peak and of bandwidth that large 16-bit products and large reads reach on NVIDIA's data-centre chips: medians of the kernel timings. */
const NVIDIA_MATRIX_SHARE = 0.87
const NVIDIA_STREAM_SHARE = 0.93

/** The same of memory bandwidth. */
function memoryShare({ attained }: Chip, memoryRate: BytesPerSecond): number {
  const measured = attained?.bandwidth && valueOf(attained.bandwidth)
  return measured === undefined ? 1 : Math.min(1, measured / memoryRate / NVIDIA_STREAM_SHARE)
}

function linkRate(
  figure: Known<BytesPerSecond>,
  assumed: BytesPerSecond,
  what: string,
  notes: string[],
): BytesPerSecond {
  const known = valueOf(figure)
  if (known !== undefined) return known
  notes.push(`${what} bandwidth is not published; ${assumed / 1e9} GB/s assumed`)
  return assumed
}
