import type { Chip } from '../catalog/index.ts'
import {
  type KernelConstants,
  type Machine,
  collectiveTime,
  kernelConstants,
  machineOf,
  operatorTime,
} from '../kernel/index.ts'
import { type ModelArch, type Operator, type ServingFormats, decodePass } from '../model/index.ts'
import { type Collective, type Mapping, chipWork, parseMapping } from '../parallel/index.ts'
import type { Bytes } from '../units/index.ts'
import { type Engine, type EngineProfile, engineProfile } from '../step/index.ts'
import type { ExpertLoad } from './load.ts'
import { type FastCause, type FastParts, type FastTimer, type LayerTimer, NO_TIME, addParts } from './machine.ts'

/** Whose overheads and collectives are timed: those `predict` takes where nobody names an engine. */
const ENGINE: Engine = 'vllm'

/** What is read once per step and not once per layer. */
const TAIL: ReadonlySet<string> = new Set(['lm-head', 'logits-gather'])

interface Setting {
  readonly machine: Machine
  readonly kernel: KernelConstants
}

/**
 * A GPU as the kernel room times it, the same that `predict` asks, with the experts that this load reads in place of
 * those it assumes; over `chips` by tensor parallelism.
 * @throws PincerError `invalid_mapping` when `chips` do not divide the model's heads; `unsupported` for a chip without
 * published peaks
 */
export function kernelTimer(
  arch: ModelArch,
  load: ExpertLoad,
  chip: Chip,
  chips: number,
  formats: ServingFormats,
): FastTimer {
  const mapping = parseMapping({ tp: chips }, arch, ['chips'])
  const at: Setting = { machine: machineOf(chip), kernel: kernelConstants(ENGINE) }
  const pass = decodePass(load.users, load.context)
  let tail: FastParts = engineTime(engineProfile(ENGINE), load.users)
  const layers = arch.layers.map((group, i): LayerTimer => {
    const work = chipWork({ ...arch, layers: [{ ...group, count: 1 }] }, pass, mapping, formats)
    let rest = NO_TIME
    let routed: Operator | undefined
    for (const operator of work.operators) {
      if (TAIL.has(operator.name)) {
        if (i === 0) tail = addParts(tail, partsOf(operator, at))
      } else if (operator.routing !== undefined) routed = operator
      else rest = addParts(rest, partsOf(operator, at))
    }
    for (const collective of work.collectives) {
      const parts = { ...NO_TIME, network: networkTime(collective, at) }
      if (!TAIL.has(collective.name)) rest = addParts(rest, parts)
      else if (i === 0) tail = addParts(tail, parts)
    }
    return { rest, experts: expertTimer(routed, expertsRead(load, i), mapping, at) }
  })
  return { layers, tail }
}

/**
 * Expert bytes that a layer reads in all, where routing is of the law that the kernels' own tables assume: they say how many experts are
 * hit, so that all-fast is `predict`'s step. Undefined for other laws, whose bytes are taken as they are.
 */
function expertsRead({ routing, layers }: ExpertLoad, kind: number): Bytes | undefined {
  if (routing.kind !== 'exponential') return undefined
  const layer = layers.find((one) => one.kind === kind)
  return layer === undefined ? undefined : layer.distinct * layer.work.expertBytes
}

function expertTimer(
  operator: Operator | undefined,
  all: Bytes | undefined,
  mapping: Mapping,
  at: Setting,
): LayerTimer['experts'] {
  if (operator === undefined) return () => NO_TIME
  return (bytes: Bytes, tokens: number) =>
    partsOf(
      {
        ...operator,
        weightBytes: all === undefined ? bytes / mapping.tp : (bytes / all) * operator.weightBytes,
        flops: tokens * operator.flops,
        activationBytes: tokens * operator.activationBytes,
      },
      at,
    )
}

function engineTime(engine: EngineProfile, users: number): FastParts {
  return { ...NO_TIME, host: engine.stepOverhead + engine.sequenceOverhead * users }
}

function partsOf(operator: Operator, { machine, kernel }: Setting): FastParts {
  const { seconds, bound } = operatorTime(operator, machine, kernel)
  const cause: FastCause = bound
  return { ...NO_TIME, [cause]: operator.count * seconds }
}

function networkTime(collective: Collective, { machine, kernel }: Setting): number {
  return collective.count * collectiveTime(collective, machine, kernel).seconds
}
