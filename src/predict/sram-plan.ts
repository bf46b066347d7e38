import { type DataflowStep, type Placement, decodeTime, prefillTime, tokensPerPass } from '../dataflow/index.ts'
import { type EngineSettings, TICKS_PER_SECOND, type TickTimer } from '../serving/index.ts'
import type { Seconds } from '../units/index.ts'
import type { FleetOptions, FleetPlan } from './fleet-plan.ts'
import { grainsOf } from './grain.ts'
import { DEFAULT_BLOCK, largestStep } from './step-size.ts'
import { sramPlacement } from './sram-placement.ts'
import { knotTable } from './tick-timer.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/**
 * An SRAM or dataflow machine as the simulator serves it. A step is one pass through all stages: with n users in flight it takes as
 * long as the dataflow room says for n. Prompt tokens enter beside them as fast as the busiest stage takes them; a user counts
 * as many of them as it keeps that stage busy for. A prompt is out when it has passed the stages behind the busiest, too. Users keep their share of the cache from admission to end.
 */
export function sramPlan(
  scenario: Scenario,
  options: FleetOptions,
  place: Placement = sramPlacement(scenario),
): FleetPlan {
  const replicas = options.replicas ?? 1
  const pass = passTimes(place, scenario)
  const blockSize = options.blockSize ?? DEFAULT_BLOCK
  const settings: EngineSettings = {
    policy: options.policy ?? 'trtllm',
    maxSequences: Math.min(options.maxSequences ?? place.maxUsers, place.maxUsers),
    // Beside all users, as much of prompts as passes in one pass.
    tokenBudget: options.tokenBudget ?? pass.width * place.maxUsers + Math.ceil(pass.decode(1) / pass.promptToken),
    blocks: options.blocks ?? Math.max(1, place.maxUsers * Math.ceil(place.context / blockSize)),
    blockSize,
    watermark: options.watermark ?? 0,
    ...(options.prefixCache === undefined ? {} : { prefixCache: options.prefixCache }),
    speculation: { width: pass.width, ...grainsOf(pass.gained) },
  }
  return {
    fleet: {
      replicas,
      router: options.router ?? 'least-loaded',
      timer: passTimer(pass, place.maxUsers, settings),
      settings,
    },
    chips: replicas * place.chips,
    isSingle: replicas === 1,
  }
}

/** Times of passes of a placed model. */
interface PassTimes {
  /** A pass with so many users in flight, but for the tokens they have cached. */
  readonly decode: (users: number) => Seconds
  /** What one more prompt token keeps the busiest stage. */
  readonly promptToken: Seconds
  /** What one more cached token of one user adds to a pass. */
  readonly cachedToken: Seconds
  /** From the busiest stage's end with a prompt to the last stage's. */
  readonly fill: Seconds
  /** Tokens that a pass gains a user, and prompt tokens that keep the busiest stage as long as a user does. */
  readonly gained: number
  readonly width: number
}

/** A user counts at most this many prompt tokens: the simulator's limit. */
const MOST_WIDTH = 256

function passTimes(place: Placement, { workload, speculation }: Scenario): PassTimes {
  const prompt = Math.round(meanLength(workload.isl, workload.spread))
  const output = Math.round(meanLength(workload.osl, workload.spread))
  const drafts =
    speculation === undefined ? undefined : { drafts: speculation.draft, acceptance: speculation.acceptance }
  const gained = drafts === undefined ? 1 : tokensPerPass(drafts)
  const step = (users: number, context: number): DataflowStep =>
    decodeTime(place, { users, context, ...(drafts === undefined ? {} : { speculation: drafts }) })
  const at = (users: number, context: number): Seconds => gained * step(users, context).tpot
  const usual = Math.max(1, Math.min(workload.concurrency, place.maxUsers))
  const long = prompt + output
  const cachedToken = long > 1 ? Math.max(0, (at(usual, long) - at(usual, 1)) / (usual * (long - 1))) : 0
  const { seconds, busy: promptBusy } = prefillTime(place, prompt)
  const promptToken = promptBusy / prompt
  // What users have cached is timed beside, and a user counts no more tokens than keep the stage as long: alone it takes its own time.
  const busy = gained * step(place.maxUsers, 1).busyPerToken
  return {
    decode: (users) => at(users, 1),
    promptToken,
    cachedToken,
    fill: seconds - promptBusy,
    gained,
    width: Math.min(MOST_WIDTH, Math.max(1, Math.floor(busy / promptToken))),
  }
}

function passTimer(pass: PassTimes, users: number, settings: EngineSettings): TickTimer {
  const { width } = pass
  const tokens = knotTable(largestStep(settings), (t) => {
    const inFlight = Math.min(users, Math.max(1, Math.ceil(t / width)))
    return Math.round(Math.max(pass.decode(inFlight), t * pass.promptToken) * TICKS_PER_SECOND)
  })
  const grain = settings.speculation?.grain ?? 1
  return {
    tokens,
    perCached: Math.round((pass.cachedToken * TICKS_PER_SECOND) / grain),
    perPair: 0,
    mixed: 0,
    pipeline: { perToken: pass.promptToken * TICKS_PER_SECOND, fill: Math.round(pass.fill * TICKS_PER_SECOND) },
  }
}
