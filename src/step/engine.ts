import fit from '../../catalog/fits/engine.json' with { type: 'json' }
import type { Seconds } from '../units/index.ts'

export type Engine = 'vllm' | 'sglang' | 'trtllm'

export const ENGINES: readonly Engine[] = ['vllm', 'sglang', 'trtllm']

export function isEngine(text: string): text is Engine {
  return (ENGINES as readonly string[]).includes(text)
}

/** What a serving engine adds to the kernels, and how its scheduler mixes prompts with decoding. */
export interface EngineProfile {
  /** Host time per step that the GPU waits for: scheduling, sampling, input preparation. */
  readonly stepOverhead: Seconds
  /** The same per decoding sequence. */
  readonly sequenceOverhead: Seconds
  /**
   * Host time per kernel of a step with prompts: no CUDA graph covers those, so that such a step is never shorter than
   * launching its kernels one by one.
   */
  readonly launchOverhead: Seconds
  /** Time per request outside the steps before its first token: HTTP, tokenizer, first detokenization. */
  readonly requestOverhead: Seconds
  /** The same per prompt token. */
  readonly promptOverhead: Seconds
  /** The same per layer with experts. */
  readonly expertLayerOverhead: Seconds
  /** Time from a request's last token to its client's next request. */
  readonly turnaround: Seconds
  /** Output tokens per second that the engine's front end can detokenize and stream. */
  readonly streamRate: number
  /** Decode steps between computing a first token and the client seeing it: engines stream tokens in groups. */
  readonly streamInterval: number
  /** Prompts run in steps of their own before decoding goes on (SGLang), instead of mixed with it. */
  readonly prefillFirst: boolean
  /** Share of memory the engine may use (weights, cache and activations). */
  readonly memoryFraction: number
}

const PROFILES: ReadonlyMap<Engine, EngineProfile> = new Map(Object.entries(fit.engines) as [Engine, EngineProfile][])

/** The fitted profile of catalog/fits/engine.json. */
export function engineProfile(engine: Engine): EngineProfile {
  const profile = PROFILES.get(engine)
  if (profile === undefined) throw new Error(`no profile for engine: ${engine}`)
  return profile
}

/**
 * Share of an engine's host time per sequence and step that is scheduling; the rest is the front end's. vLLM's own profile of 0.5 (Llama 3
 * 8B on an H100): 33 % of all time in the HTTP server, 29 % in scheduling, 38 % on the GPU.
 */
const SCHEDULING_SHARE = 29 / (29 + 33)

/**
 * Engines that schedule a step while the device computes the one before, as their documentation says (SGLang 0.4 "zero-overhead scheduler",
 * TensorRT-LLM "overlap scheduler"); vLLM does not unless it is told to.
 */
const OVERLAPPED: ReadonlySet<Engine> = new Set(['sglang', 'trtllm'])

/**
 * The profile of an engine that is called in its own process, token ids in and token ids out: no HTTP, no tokenizer, nothing streamed. What
 * is left per sequence is scheduling, which costs nothing where it overlaps. Holds while a sequence's share of a step takes longer on
 * the device than scheduling it does (12 µs): models of less than about 1 B parameters are bound by it.
 */
export function inProcess(engine: Engine, profile: EngineProfile): EngineProfile {
  return {
    ...profile,
    sequenceOverhead: OVERLAPPED.has(engine) ? 0 : SCHEDULING_SHARE * profile.sequenceOverhead,
    requestOverhead: 0,
    promptOverhead: 0,
    turnaround: 0,
    streamRate: Number.POSITIVE_INFINITY,
    streamInterval: 0,
  }
}

/**
 * Prompt tokens one step may process. vLLM's `max_num_batched_tokens` is set to 2·isl in the InferenceX recipes (8192
 * by default), SGLang's `chunked_prefill_size` to 16384, TensorRT-LLM's `max_num_tokens` to max(8192, concurrency + isl + 64).
 */
export function stepTokenBudget(engine: Engine, isl: number, concurrency: number): number {
  if (engine === 'sglang') return 16_384
  if (engine === 'vllm') return Math.max(8192, 2 * isl)
  return Math.max(8192, Math.ceil((concurrency + isl + 64) / 64) * 64)
}
