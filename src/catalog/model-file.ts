import dbrxBase from '../../catalog/models/dbrx-base.json' with { type: 'json' }
import deepseekLlm67bBase from '../../catalog/models/deepseek-llm-67b-base.json' with { type: 'json' }
import deepseekMoe16bBase from '../../catalog/models/deepseek-moe-16b-base.json' with { type: 'json' }
import deepseekR1 from '../../catalog/models/deepseek-r1.json' with { type: 'json' }
import deepseekV2 from '../../catalog/models/deepseek-v2.json' with { type: 'json' }
import deepseekV2Lite from '../../catalog/models/deepseek-v2-lite.json' with { type: 'json' }
import deepseekV3 from '../../catalog/models/deepseek-v3.json' with { type: 'json' }
import deepseekV32 from '../../catalog/models/deepseek-v3.2.json' with { type: 'json' }
import deepseekV32Nvfp4 from '../../catalog/models/deepseek-v3.2-nvfp4.json' with { type: 'json' }
import deepseekV4Flash from '../../catalog/models/deepseek-v4-flash.json' with { type: 'json' }
import deepseekV4Pro from '../../catalog/models/deepseek-v4-pro.json' with { type: 'json' }
import gemma227b from '../../catalog/models/gemma-2-27b.json' with { type: 'json' }
import gemma29b from '../../catalog/models/gemma-2-9b.json' with { type: 'json' }
import gemma312b from '../../catalog/models/gemma-3-12b.json' with { type: 'json' }
import gemma327b from '../../catalog/models/gemma-3-27b.json' with { type: 'json' }
import gemma34b from '../../catalog/models/gemma-3-4b.json' with { type: 'json' }
import gemma426bA4b from '../../catalog/models/gemma-4-26b-a4b.json' with { type: 'json' }
import gemma431b from '../../catalog/models/gemma-4-31b.json' with { type: 'json' }
import gemma7b from '../../catalog/models/gemma-7b.json' with { type: 'json' }
import glm45Air from '../../catalog/models/glm-4.5-air.json' with { type: 'json' }
import glm47 from '../../catalog/models/glm-4.7.json' with { type: 'json' }
import glm51 from '../../catalog/models/glm-5.1.json' with { type: 'json' }
import gpt3175b from '../../catalog/models/gpt-3-175b.json' with { type: 'json' }
import gptOss120b from '../../catalog/models/gpt-oss-120b.json' with { type: 'json' }
import gptOss20b from '../../catalog/models/gpt-oss-20b.json' with { type: 'json' }
import gpt2Xl from '../../catalog/models/gpt2-xl.json' with { type: 'json' }
import granite301bA400mBase from '../../catalog/models/granite-3.0-1b-a400m-base.json' with { type: 'json' }
import granite303bA800mBase from '../../catalog/models/granite-3.0-3b-a800m-base.json' with { type: 'json' }
import grok1 from '../../catalog/models/grok-1.json' with { type: 'json' }
import kimiK2Instruct from '../../catalog/models/kimi-k2-instruct.json' with { type: 'json' }
import kimiK25 from '../../catalog/models/kimi-k2.5.json' with { type: 'json' }
import kimiK3 from '../../catalog/models/kimi-k3.json' with { type: 'json' }
import kimiLinear48bA3bInstruct from '../../catalog/models/kimi-linear-48b-a3b-instruct.json' with { type: 'json' }
import llama13b from '../../catalog/models/llama-13b.json' with { type: 'json' }
import llama213b from '../../catalog/models/llama-2-13b.json' with { type: 'json' }
import llama270b from '../../catalog/models/llama-2-70b.json' with { type: 'json' }
import llama27b from '../../catalog/models/llama-2-7b.json' with { type: 'json' }
import llama31405b from '../../catalog/models/llama-3.1-405b.json' with { type: 'json' }
import llama3170b from '../../catalog/models/llama-3.1-70b.json' with { type: 'json' }
import llama318b from '../../catalog/models/llama-3.1-8b.json' with { type: 'json' }
import llama321b from '../../catalog/models/llama-3.2-1b.json' with { type: 'json' }
import llama323b from '../../catalog/models/llama-3.2-3b.json' with { type: 'json' }
import llama3370bInstruct from '../../catalog/models/llama-3.3-70b-instruct.json' with { type: 'json' }
import llama33b from '../../catalog/models/llama-33b.json' with { type: 'json' }
import llama4Maverick17b128e from '../../catalog/models/llama-4-maverick-17b-128e.json' with { type: 'json' }
import llama4Scout17b16e from '../../catalog/models/llama-4-scout-17b-16e.json' with { type: 'json' }
import llama65b from '../../catalog/models/llama-65b.json' with { type: 'json' }
import llama7b from '../../catalog/models/llama-7b.json' with { type: 'json' }
import mimoV2Flash from '../../catalog/models/mimo-v2-flash.json' with { type: 'json' }
import minimaxM25 from '../../catalog/models/minimax-m2.5.json' with { type: 'json' }
import minimaxM3 from '../../catalog/models/minimax-m3.json' with { type: 'json' }
import mistral7bV01 from '../../catalog/models/mistral-7b-v0.1.json' with { type: 'json' }
import mistralLargeInstruct2407 from '../../catalog/models/mistral-large-instruct-2407.json' with { type: 'json' }
import mistralSmall24bBase2501 from '../../catalog/models/mistral-small-24b-base-2501.json' with { type: 'json' }
import mixtral8x22bV01 from '../../catalog/models/mixtral-8x22b-v0.1.json' with { type: 'json' }
import mixtral8x7bV01 from '../../catalog/models/mixtral-8x7b-v0.1.json' with { type: 'json' }
import nemotron3Nano30bA3b from '../../catalog/models/nemotron-3-nano-30b-a3b.json' with { type: 'json' }
import nemotronH56bBase8k from '../../catalog/models/nemotron-h-56b-base-8k.json' with { type: 'json' }
import olmo211247b from '../../catalog/models/olmo-2-1124-7b.json' with { type: 'json' }
import olmo7bHf from '../../catalog/models/olmo-7b-hf.json' with { type: 'json' }
import olmoe1b7b0924 from '../../catalog/models/olmoe-1b-7b-0924.json' with { type: 'json' }
import phi35MoeInstruct from '../../catalog/models/phi-3.5-moe-instruct.json' with { type: 'json' }
import phi4 from '../../catalog/models/phi-4.json' with { type: 'json' }
import pythia12b from '../../catalog/models/pythia-12b.json' with { type: 'json' }
import pythia1b from '../../catalog/models/pythia-1b.json' with { type: 'json' }
import pythia69b from '../../catalog/models/pythia-6.9b.json' with { type: 'json' }
import pythia70m from '../../catalog/models/pythia-70m.json' with { type: 'json' }
import qwen15MoeA27b from '../../catalog/models/qwen1.5-moe-a2.7b.json' with { type: 'json' }
import qwen2532b from '../../catalog/models/qwen2.5-32b.json' with { type: 'json' }
import qwen2572b from '../../catalog/models/qwen2.5-72b.json' with { type: 'json' }
import qwen257b from '../../catalog/models/qwen2.5-7b.json' with { type: 'json' }
import qwen306b from '../../catalog/models/qwen3-0.6b.json' with { type: 'json' }
import qwen314b from '../../catalog/models/qwen3-14b.json' with { type: 'json' }
import qwen3235bA22b from '../../catalog/models/qwen3-235b-a22b.json' with { type: 'json' }
import qwen3235bA22bFp8 from '../../catalog/models/qwen3-235b-a22b-fp8.json' with { type: 'json' }
import qwen330bA3b from '../../catalog/models/qwen3-30b-a3b.json' with { type: 'json' }
import qwen332b from '../../catalog/models/qwen3-32b.json' with { type: 'json' }
import qwen332bFp8 from '../../catalog/models/qwen3-32b-fp8.json' with { type: 'json' }
import qwen34b from '../../catalog/models/qwen3-4b.json' with { type: 'json' }
import qwen38b from '../../catalog/models/qwen3-8b.json' with { type: 'json' }
import qwen3Coder480bA35bInstruct from '../../catalog/models/qwen3-coder-480b-a35b-instruct.json' with { type: 'json' }
import qwen3Next80bA3bInstruct from '../../catalog/models/qwen3-next-80b-a3b-instruct.json' with { type: 'json' }
import qwen35122bA10b from '../../catalog/models/qwen3.5-122b-a10b.json' with { type: 'json' }
import qwen3527b from '../../catalog/models/qwen3.5-27b.json' with { type: 'json' }
import qwen3535bA3b from '../../catalog/models/qwen3.5-35b-a3b.json' with { type: 'json' }
import qwen35397bA17b from '../../catalog/models/qwen3.5-397b-a17b.json' with { type: 'json' }
import snowflakeArcticBase from '../../catalog/models/snowflake-arctic-base.json' with { type: 'json' }
import step37Flash from '../../catalog/models/step-3.7-flash.json' with { type: 'json' }
import type { ModelEntry } from './types.ts'

/** One line per model of the catalog. The files are checked by a test; their literals only widen on import. */
export const MODEL_FILES: readonly ModelEntry[] = [
  dbrxBase,
  deepseekLlm67bBase,
  deepseekMoe16bBase,
  deepseekR1,
  deepseekV2,
  deepseekV2Lite,
  deepseekV3,
  deepseekV32,
  deepseekV32Nvfp4,
  deepseekV4Flash,
  deepseekV4Pro,
  gemma227b,
  gemma29b,
  gemma312b,
  gemma327b,
  gemma34b,
  gemma426bA4b,
  gemma431b,
  gemma7b,
  glm45Air,
  glm47,
  glm51,
  gpt3175b,
  gptOss120b,
  gptOss20b,
  gpt2Xl,
  granite301bA400mBase,
  granite303bA800mBase,
  grok1,
  kimiK2Instruct,
  kimiK25,
  kimiK3,
  kimiLinear48bA3bInstruct,
  llama13b,
  llama213b,
  llama270b,
  llama27b,
  llama31405b,
  llama3170b,
  llama318b,
  llama321b,
  llama323b,
  llama3370bInstruct,
  llama33b,
  llama4Maverick17b128e,
  llama4Scout17b16e,
  llama65b,
  llama7b,
  mimoV2Flash,
  minimaxM25,
  minimaxM3,
  mistral7bV01,
  mistralLargeInstruct2407,
  mistralSmall24bBase2501,
  mixtral8x22bV01,
  mixtral8x7bV01,
  nemotron3Nano30bA3b,
  nemotronH56bBase8k,
  olmo211247b,
  olmo7bHf,
  olmoe1b7b0924,
  phi35MoeInstruct,
  phi4,
  pythia12b,
  pythia1b,
  pythia69b,
  pythia70m,
  qwen15MoeA27b,
  qwen2532b,
  qwen2572b,
  qwen257b,
  qwen306b,
  qwen314b,
  qwen3235bA22b,
  qwen3235bA22bFp8,
  qwen330bA3b,
  qwen332b,
  qwen332bFp8,
  qwen34b,
  qwen38b,
  qwen3Coder480bA35bInstruct,
  qwen3Next80bA3bInstruct,
  qwen35122bA10b,
  qwen3527b,
  qwen3535bA3b,
  qwen35397bA17b,
  snowflakeArcticBase,
  step37Flash,
] as readonly unknown[] as readonly ModelEntry[]
