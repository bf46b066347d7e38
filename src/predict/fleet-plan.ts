import { PincerError } from '../issue/index.ts'
import { machineOf } from '../kernel/index.ts'
import { decodePass, kvBytes, stateBytes, totalLayers } from '../model/index.ts'
import { type Mapping, chipsOf } from '../parallel/index.ts'
import {
  type EngineSettings,
  type Fleet,
  type Pool,
  type Speculation,
  TICKS_PER_SECOND,
  type TickTimer,
  type Transfer,
} from '../serving/index.ts'
import { draftTime, isEngine, passTime, stepTokenBudget, tokensPerStep } from '../step/index.ts'
import type { Bytes, BytesPerSecond, Seconds } from '../units/index.ts'
import { type Calibration, fitted, roomFor, stepSetting } from './calibration.ts'
import { grainsOf } from './grain.ts'
import { sramPlan } from './sram-plan.ts'
import { DEFAULT_BLOCK, largestStep } from './step-size.ts'
import { tickTimer } from './tick-timer.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** What a run may fix instead of leaving it to the engine's customs. */
export interface FleetOptions {
  readonly policy?: EngineSettings['policy']
  readonly maxSequences?: number
  readonly tokenBudget?: number
  readonly blocks?: number
  readonly blockSize?: number
  readonly watermark?: number
  /** Copies of the deployment behind one router; 1 when left out. */
  readonly replicas?: number
  readonly router?: Pool['router']
  readonly prefixCache?: boolean
  /** A second tier that keeps what the cache drops. */
  readonly hostTier?: HostTier
}

export interface HostTier {
  /** Of a replica. */
  readonly capacity: Bytes
  /** Of each chip's link to it. */
  readonly bandwidth: BytesPerSecond
  /** Tokens of a prefix block, in which it is filled and read. */
  readonly unitTokens: number
}

export interface FleetPlan {
  readonly fleet: Fleet
  /** Chips of all replicas and pools. */
  readonly chips: number
  /** Whether one engine says it all, without router and pools. */
  readonly isSingle: boolean
}

/** vLLM's `max_num_seqs` on large GPUs; the others' defaults are no smaller. */
const DEFAULT_SEQUENCES = 1024

/**
 * The engines, step times and links of a deployment.
 * @throws PincerError `does_not_fit`; `invalid_value` for a second tier that is none, or on an SRAM machine
 */
export function fleetPlan(scenario: Scenario, options: FleetOptions, calibration?: Calibration): FleetPlan {
  if (options.hostTier !== undefined) checkTier(options.hostTier, scenario)
  if (scenario.chip.kind === 'sram') return sramPlan(scenario, options)
  const constants = calibration ?? fitted(scenario)
  const replicas = options.replicas ?? 1
  const pools = scenario.disaggregated
  if (pools === undefined) {
    const pool = poolOf(scenario, scenario.mapping, options, constants)
    return {
      fleet: { replicas, router: options.router ?? 'least-loaded', ...pool },
      chips: replicas * chipsOf(scenario.mapping),
      isSingle: replicas === 1 && pool.settings.ranks === undefined,
    }
  }
  const { prefill, decode } = pools
  // Prompts leave the prefill pool with their first token: nothing decodes there.
  const { speculation: _, ...plain } = scenario
  const first = poolOf({ ...plain, workload: { ...plain.workload, osl: 1 } }, prefill.mapping, options, constants)
  const second = poolOf(scenario, decode.mapping, options, constants)
  const fleet: Fleet = {
    replicas: replicas * prefill.workers,
    router: options.router ?? 'least-loaded',
    ...first,
    decode: { replicas: replicas * decode.workers, router: 'least-loaded', ...second },
    transfer: transferOf(scenario, prefill.mapping),
  }
  const chips = prefill.workers * chipsOf(prefill.mapping) + decode.workers * chipsOf(decode.mapping)
  return { fleet, chips: replicas * chips, isSingle: false }
}

function checkTier(hostTier: HostTier, { chip }: Scenario): void {
  const fault = (field: string[], message: string, suggestion: string): PincerError =>
    new PincerError({ code: 'invalid_value', path: ['hostTier', ...field], message, suggestion })
  if (chip.kind === 'sram') throw fault([], `is not modelled on ${chip.id}`, 'leave it out')
  for (const [field, value] of Object.entries(hostTier)) {
    if (!(value > 0 && Number.isFinite(value))) throw fault([field], `is ${value}`, 'give a number above 0')
  }
}

// Steps of a simulation are sums of what tokens and keys take, which halves that overlap are not.
function notSimulated(): PincerError {
  const message = 'halves that overlap are predicted for the steady state, not simulated'
  const suggestion = 'leave it out, or rounds and the simulation'
  return new PincerError({ code: 'unsupported', path: ['overlap'], message, suggestion })
}

function poolOf(
  scenario: Scenario,
  mapping: Mapping,
  options: FleetOptions,
  calibration: Calibration,
): Pick<Pool, 'timer' | 'settings'> {
  const { workload } = scenario
  if (scenario.overlap !== undefined) throw notSimulated()
  const machine = machineOf(scenario.chip)
  const { capacity } = roomFor(scenario, machine, mapping, calibration.engine)
  const ranks = mapping.dp
  const speculation = speculationOf(scenario)
  const settings = engineSettings(scenario, options, { capacity, ranks }, speculation)
  const setting = stepSetting(scenario, machine, mapping, calibration)
  const width = speculation?.width ?? 1
  const most = largestStep(settings)
  const batch = Math.min(workload.concurrency, ranks * settings.maxSequences, Math.max(1, capacity))
  const prompt = meanLength(workload.isl, workload.spread)
  const context = prompt + meanLength(workload.osl, workload.spread) / 2
  const mostDecoding = width * mostSequences(scenario, settings, ranks)
  const timer = tickTimer(setting, { mostTokens: most, batch, context, prompt, width, mostDecoding })
  const drafted =
    speculation === undefined
      ? timer
      : { ...inGrains(timer, speculation), drafting: draftTicks(scenario, setting, batch) }
  return {
    settings: ranks === 1 ? settings : { ...settings, ranks },
    timer:
      options.hostTier === undefined
        ? drafted
        : { ...drafted, loadTicks: loadTicks(scenario, mapping, options.hostTier) },
  }
}

// A benchmark's clients are known, and ranks share them evenly.
function mostSequences({ workload }: Scenario, { maxSequences }: EngineSettings, ranks: number): number {
  return workload.rounds === undefined ? maxSequences : Math.min(maxSequences, Math.ceil(workload.concurrency / ranks))
}

// `capacity`: sequences of the workload's mean length that all ranks hold.
function engineSettings(
  scenario: Scenario,
  options: FleetOptions,
  { capacity, ranks }: { readonly capacity: number; readonly ranks: number },
  speculation: Speculation | undefined,
): EngineSettings {
  const { workload, engine } = scenario
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const blockSize = options.blockSize ?? DEFAULT_BLOCK
  // Another engine's scheduler comes with that engine's recipe.
  const recipe = options.policy !== undefined && isEngine(options.policy) ? options.policy : engine
  const { hostTier } = options
  return {
    policy: options.policy ?? engine,
    maxSequences: options.maxSequences ?? DEFAULT_SEQUENCES,
    tokenBudget:
      options.tokenBudget ?? scenario.tokenBudget ?? stepTokenBudget(recipe, workload.isl, workload.concurrency),
    blocks: options.blocks ?? Math.max(1, Math.floor(((capacity / ranks) * (prompt + output / 2)) / blockSize)),
    blockSize,
    watermark: options.watermark ?? 0,
    ...(options.prefixCache === undefined ? {} : { prefixCache: options.prefixCache }),
    ...(hostTier === undefined ? {} : { hostUnits: hostUnits(scenario, hostTier, ranks) }),
    ...(speculation === undefined ? {} : { speculation }),
  }
}

function speculationOf({ speculation }: Scenario): Speculation | undefined {
  return speculation === undefined
    ? undefined
    : { width: 1 + speculation.draft, ...grainsOf(tokensPerStep(speculation)) }
}

function inGrains(timer: TickTimer, { grain }: Speculation): TickTimer {
  return { ...timer, perCached: Math.max(1, Math.round(timer.perCached / grain)) }
}

function draftTicks(scenario: Scenario, setting: Parameters<typeof passTime>[0], batch: number): number {
  const { model, workload, speculation } = scenario
  const prompt = meanLength(workload.isl, workload.spread)
  const context = prompt + meanLength(workload.osl, workload.spread) / 2
  const step = passTime(setting, decodePass(batch, context, 1 + (speculation?.draft ?? 0)))
  return ticks(draftTime(speculation, step, model.mtpLayers, totalLayers(model)))
}

function ticks(seconds: Seconds): number {
  return Math.round(seconds * TICKS_PER_SECOND)
}

// The chips of a prefill worker send their parts of the cache side by side; a state of fixed size goes with every prompt.
function transferOf(scenario: Scenario, { tp, dp }: Mapping): Transfer {
  const rate = machineOf(scenario.chip).scaleOutRate * tp * dp
  const { model, cache } = scenario
  return {
    latency: ticks(stateBytes(model) / rate),
    perToken: ticks(kvBytes(model, CACHE_TOKENS, cache) / CACHE_TOKENS / rate),
  }
}

/** Tokens over which the cache of one is averaged: long windows and compressed layers hold less than their share of short ones. */
const CACHE_TOKENS = 4096

function unitBytes({ model, cache }: Scenario, { unitTokens }: HostTier): Bytes {
  return (kvBytes(model, CACHE_TOKENS, cache) / CACHE_TOKENS) * unitTokens
}

/** More units than any trace has. */
const MOST_UNITS = 2 ** 26

// Ranks share the memory of their host.
function hostUnits(scenario: Scenario, hostTier: HostTier, ranks: number): number {
  return Math.min(MOST_UNITS, Math.floor(hostTier.capacity / (ranks * unitBytes(scenario, hostTier))))
}

// The chips of a rank read their parts side by side, each over a link of its own.
function loadTicks(scenario: Scenario, { tp }: Mapping, hostTier: HostTier): number {
  return ticks(unitBytes(scenario, hostTier) / (hostTier.bandwidth * tp))
}
