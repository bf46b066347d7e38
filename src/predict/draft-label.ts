import type { Speculation } from '../step/index.ts'
import type { DeploymentRow } from './deployment-row.ts'
import { fleetChips } from './fleet-label.ts'

/**
 * What a benchmark row's drafts are worth: the one multi-token prediction layer that DeepSeek ships, its draft accepted as often as
 * the technical report says (85 to 90 %, §5.4.3). Recipes run it up to three times, but rows labelled `on` gain no more than this.
 */
export const BENCHMARK_DRAFTS: Speculation = { draft: 1, acceptance: 0.85 }

/** The drafts of a row, by its label or, where that is lost, by the recipe its other labels tell of; undefined without. */
export function draftsOf(row: DeploymentRow): Speculation | undefined {
  const label = row['spec_decode'] ?? 'off'
  const isOn = label === 'on' || label === 'likely-on' || (label === 'unknown' && isDraftRecipe(row))
  return isOn ? BENCHMARK_DRAFTS : undefined
}

/**
 * Whether a row without label was probably made with drafts. Only TensorRT-LLM with DeepSeek's shipped head is known to: aggregated
 * recipes that name the engine's version, which they do since they run 1.1; of those with pools the ones that have lost their worker counts, as rows with drafts do, while rows that kept
 * theirs run without. SGLang's and vLLM's rows without label are mostly off.
 */
function isDraftRecipe(row: DeploymentRow): boolean {
  if (row['engine'] !== 'trtllm' || !/deepseek/i.test(row['model'] ?? '') || fleetChips(row) !== undefined) return false
  if (row['mode'] === 'disaggregated') return (row['decode_workers']?.trim() ?? '') === ''
  return (row['engine_version']?.trim() ?? '') !== '' && !isOwnLength(row)
}

// NVIDIA's own runs have other prompts than 1024 or 8192 tokens.
function isOwnLength(row: DeploymentRow): boolean {
  return row['isl'] !== '1024' && row['isl'] !== '8192'
}
