import { deepseekV4Families } from './family/deepseek-v4.ts'
import { deepseekFamilies } from './family/deepseek.ts'
import { gatedDeltaFamilies } from './family/gated-delta.ts'
import { gemma4Families } from './family/gemma4.ts'
import { gptOssFamilies } from './family/gpt-oss.ts'
import { gptFamilies } from './family/gpt.ts'
import { kimiLinearFamilies } from './family/kimi-linear.ts'
import { denseFamilies } from './family/llama.ts'
import { llama4Families } from './family/llama4.ts'
import { mixedWindowFamilies } from './family/mixed-window.ts'
import { nemotronFamilies } from './family/nemotron-h.ts'
import { sparseFamilies } from './family/sparse-llama.ts'
import type { FamilyReader } from './skeleton.ts'

// A new family is one reader in family/ and one line here.
const READERS: ReadonlyMap<string, FamilyReader> = new Map([
  ...denseFamilies,
  ...gptFamilies,
  ...sparseFamilies,
  ...gptOssFamilies,
  ...llama4Families,
  ...mixedWindowFamilies,
  ...deepseekFamilies,
  ...deepseekV4Families,
  ...gatedDeltaFamilies,
  ...kimiLinearFamilies,
  ...nemotronFamilies,
  ...gemma4Families,
])

// Wrappers and renamed classes with the same layout.
const SAME_AS: ReadonlyMap<string, string> = new Map([
  ['gemma3', 'gemma3_text'],
  ['gemma4', 'gemma4_text'],
  ['kimi_k25', 'deepseek_v3'],
  ['kimi_k3', 'kimi_linear'],
  ['llama4', 'llama4_text'],
  ['minimax_m3_vl_text', 'minimax_m3'],
  ['qwen3_5', 'qwen3_5_text'],
  ['qwen3_5_moe', 'qwen3_5_moe_text'],
  ['step3p7', 'step3p5'],
])

/** Reader of a `model_type`; undefined when the family is not known. */
export function familyReader(modelType: string): FamilyReader | undefined {
  return READERS.get(SAME_AS.get(modelType) ?? modelType)
}

/** Every `model_type` that can be read, sorted. */
export function supportedFamilies(): readonly string[] {
  return [...READERS.keys(), ...SAME_AS.keys()].sort()
}
