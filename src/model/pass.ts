/**
 * The shape of one forward pass: which tokens a batch holds. A pass may mix prompt tokens of some sequences with one
 * token each of decoding ones, as chunked prefill does.
 */
export interface Pass {
  /** Prompt tokens processed in this pass, summed over sequences. */
  readonly prefillTokens: number
  /** Mean number of keys a prompt token attends to (half the prompt, for a whole prompt under a causal mask). */
  readonly prefillContext: number
  /** Number of sequences that get their last prompt token here and therefore a first output token. */
  readonly prefillSequences: number
  /** Sequences that decode one token each. */
  readonly decodeSequences: number
  /** Tokens processed per decoding sequence: 1, or 1 + drafts when a speculative draft is verified. */
  readonly decodeTokens: number
  /** Mean number of cached tokens per decoding sequence. */
  readonly decodeContext: number
}

/** A pass in which `sequences` decode one token each over `context` cached tokens. */
export function decodePass(sequences: number, context: number, decodeTokens = 1): Pass {
  return {
    prefillTokens: 0,
    prefillContext: 0,
    prefillSequences: 0,
    decodeSequences: sequences,
    decodeTokens,
    decodeContext: context,
  }
}

/** A pass that processes `sequences` whole prompts of `length` tokens, `cached` of whose keys exist already. */
export function prefillPass(sequences: number, length: number, cached = 0): Pass {
  return {
    prefillTokens: sequences * length,
    // A causal mask lets token i see cached + i + 1 keys; their mean over the prompt:
    prefillContext: cached + (length + 1) / 2,
    prefillSequences: sequences,
    decodeSequences: 0,
    decodeTokens: 1,
    decodeContext: 0,
  }
}

/** All tokens that run through the linear layers of a pass. */
export function passTokens(pass: Pass): number {
  return pass.prefillTokens + pass.decodeSequences * pass.decodeTokens
}

/** The share of a pass that one of `ranks` attention-data-parallel ranks holds. */
export function splitPass(pass: Pass, ranks: number): Pass {
  if (ranks === 1) return pass
  return {
    ...pass,
    prefillTokens: pass.prefillTokens / ranks,
    prefillSequences: pass.prefillSequences / ranks,
    decodeSequences: pass.decodeSequences / ranks,
  }
}
