import { expect, test } from 'vitest'
import { type ModelArch, findModel, paramCounts } from '../../src/model/index.ts'

// Parameters of the language model as the module definitions of Hugging Face transformers 5.18 allocate them: built without
// weights from the same configs, `parameters()` summed, tied tensors counted once.
const REFERENCE: readonly (readonly [string, number])[] = [
  ['deepseek-ai/deepseek-llm-67b-base', 67_425_001_472],
  ['deepseek-ai/DeepSeek-R1', 671_026_404_352],
  ['deepseek-ai/DeepSeek-V2-Lite', 15_706_484_224],
  ['deepseek-ai/DeepSeek-V2', 235_741_434_880],
  ['nvidia/DeepSeek-V3.2-NVFP4', 671_877_929_216],
  ['deepseek-ai/DeepSeek-V3.2', 671_877_929_216],
  ['deepseek-ai/DeepSeek-V3', 671_026_404_352],
  ['deepseek-ai/DeepSeek-V4-Flash', 284_332_230_231],
  ['deepseek-ai/DeepSeek-V4-Pro', 1_572_997_179_491],
  ['google/gemma-2-27b', 27_227_128_320],
  ['google/gemma-2-9b', 9_241_705_984],
  ['google/gemma-3-12b-it', 11_766_034_176],
  ['google/gemma-3-27b-it', 27_009_346_304],
  ['google/gemma-3-4b-it', 3_880_263_168],
  ['google/gemma-4-26B-A4B', 25_233_141_760],
  ['google/gemma-7b', 8_537_680_896],
  ['zai-org/GLM-4.5-Air', 106_852_245_504],
  ['zai-org/GLM-4.7', 352_797_814_784],
  ['zai-org/GLM-5.1', 743_911_199_232],
  ['openai/gpt-3-175b', 174_604_259_328],
  ['openai/gpt-oss-120b', 116_829_156_672],
  ['openai/gpt-oss-20b', 20_914_757_184],
  ['openai-community/gpt2-xl', 1_557_611_200],
  ['ibm-granite/granite-3.0-1b-a400m-base', 1_334_628_352],
  ['ibm-granite/granite-3.0-3b-a800m-base', 3_298_793_472],
  ['moonshotai/Kimi-K2-Instruct', 1_026_408_209_408],
  ['moonshotai/Kimi-Linear-48B-A3B-Instruct', 49_122_675_072],
  ['meta-llama/llama-13b', 13_015_864_320],
  ['meta-llama/Llama-2-13b-hf', 13_015_864_320],
  ['meta-llama/Llama-2-70b-hf', 68_976_648_192],
  ['meta-llama/Llama-2-7b-hf', 6_738_415_616],
  ['meta-llama/Llama-3.1-405B', 405_853_388_800],
  ['meta-llama/Llama-3.1-70B', 70_553_706_496],
  ['meta-llama/Llama-3.1-8B', 8_030_261_248],
  ['meta-llama/Llama-3.2-1B', 1_235_814_400],
  ['meta-llama/Llama-3.2-3B', 3_212_749_824],
  ['meta-llama/Llama-3.3-70B-Instruct', 70_553_706_496],
  ['meta-llama/llama-33b', 32_528_943_616],
  ['meta-llama/Llama-4-Maverick-17B-128E-Instruct', 400_711_848_960],
  ['meta-llama/Llama-4-Scout-17B-16E-Instruct', 107_769_861_120],
  ['meta-llama/llama-65b', 65_285_660_672],
  ['meta-llama/llama-7b', 6_738_415_616],
  ['XiaomiMiMo/MiMo-V2-Flash', 308_778_768_832],
  ['MiniMaxAI/MiniMax-M2.5', 228_689_748_992],
  ['MiniMaxAI/MiniMax-M3', 426_174_565_632],
  ['mistralai/Mistral-7B-v0.1', 7_241_732_096],
  ['mistralai/Mistral-Large-Instruct-2407', 122_610_069_504],
  ['mistralai/Mistral-Small-24B-Base-2501', 23_572_403_200],
  ['mistralai/Mixtral-8x22B-v0.1', 140_620_634_112],
  ['mistralai/Mixtral-8x7B-v0.1', 46_702_792_704],
  ['nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16', 31_577_937_344],
  ['nvidia/Nemotron-H-56B-Base-8K', 56_324_350_464],
  ['allenai/OLMo-2-1124-7B', 7_298_617_344],
  ['allenai/OLMo-7B-hf', 6_888_095_744],
  ['allenai/OLMoE-1B-7B-0924', 6_919_161_856],
  ['microsoft/Phi-3.5-MoE-instruct', 41_873_153_344],
  ['microsoft/phi-4', 14_659_507_200],
  ['EleutherAI/pythia-12b', 11_846_072_320],
  ['EleutherAI/pythia-1b', 1_011_781_632],
  ['EleutherAI/pythia-6.9b', 6_857_302_016],
  ['EleutherAI/pythia-70m', 70_426_624],
  ['Qwen/Qwen1.5-MoE-A2.7B', 14_315_784_192],
  ['Qwen/Qwen2.5-32B', 32_763_876_352],
  ['Qwen/Qwen2.5-72B', 72_706_203_648],
  ['Qwen/Qwen2.5-7B', 7_615_616_512],
  ['Qwen/Qwen3-0.6B', 596_049_920],
  ['Qwen/Qwen3-14B', 14_768_307_200],
  ['Qwen/Qwen3-235B-A22B-FP8', 235_093_634_560],
  ['Qwen/Qwen3-235B-A22B', 235_093_634_560],
  ['Qwen/Qwen3-30B-A3B', 30_532_122_624],
  ['Qwen/Qwen3-32B-FP8', 32_762_123_264],
  ['Qwen/Qwen3-32B', 32_762_123_264],
  ['Qwen/Qwen3-4B', 4_022_468_096],
  ['Qwen/Qwen3-8B', 8_190_735_360],
  ['Qwen/Qwen3-Coder-480B-A35B-Instruct', 480_154_875_392],
  ['Qwen/Qwen3-Next-80B-A3B-Instruct', 79_674_391_296],
  ['Qwen/Qwen3.5-122B-A10B', 122_111_526_912],
  ['Qwen/Qwen3.5-27B', 26_895_998_464],
  ['Qwen/Qwen3.5-35B-A3B', 34_660_610_688],
  ['Qwen/Qwen3.5-397B-A17B', 396_346_350_336],
]

// Balancing corrections are buffers there and counted here, where the checkpoint stores them: one per routed expert and layer.
const CORRECTED = new Set([
  'deepseek_v3',
  'deepseek_v4',
  'deepseek_v32',
  'glm4_moe',
  'glm_moe_dsa',
  'kimi_k2',
  'kimi_linear',
  'mimo_v2_flash',
  'minimax_m2',
  'minimax_m3',
  'nemotron_h',
])

function bufferValues({ family, layers }: ModelArch): number {
  const perLayer = layers.map(({ count, ffn }) => {
    // Gemma 4 keeps one scalar per layer in a buffer.
    if (family === 'gemma4_text') return count
    return CORRECTED.has(family) && ffn.kind === 'moe' ? count * ffn.experts : 0
  })
  return perLayer.reduce((total, values) => total + values, 0)
}

test.each(REFERENCE)('%s has exactly the parameters of the reference implementation', (id, expected) => {
  const arch = findModel(id)
  expect(paramCounts(arch).total - bufferValues(arch)).toBe(expected)
})
