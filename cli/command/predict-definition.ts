import { Command } from 'commander'
import { DEGREES, POOLS, flagName } from '../input/degree.ts'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'

export interface PredictOptions extends ScenarioOptions {
  readonly json?: boolean
  readonly explain?: boolean
}

export function predictCommand(io: Io): Command {
  const command = new Command('predict')
    .description('predict one deployment: TTFT, TPOT, throughput, memory, the step by operator, energy, cost')
    .option('--scenario <file>', 'scenario JSON; the options below override its fields')
    .option('--model <model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--chip <chip>', 'catalog id or ./chip.json')
    .option('--chips <n>', 'chips (or SRAM machines) of the deployment; the mapping is chosen')
    .option('--precision <format>', 'format of the weights (default: what the checkpoint has)')
    .option('--cache-format <format>', 'format of the KV cache (default: bf16)')
    .option('--engine <name>', 'vllm, sglang or trtllm (default: vllm)')
    .option('--workload <load>', 'preset, isl/osl, isl/osl@concurrency, JSON or ./file.json (default: chat)')
    .option('--isl <tokens>', 'upper end of the prompt length')
    .option('--osl <tokens>', 'upper end of the output length')
    .option('--concurrency <n>', 'clients that each wait for their answer')
    .option('--price <usd>', '$ per chip-hour (default: the catalog’s)')
    .option('--utilisation <share>', 'share of the paid time that is used, above 0 up to 1')
    .option('--spec-draft <n>', 'speculative decoding: tokens drafted per step')
    .option('--spec-acceptance <p>', 'probability that a drafted token is accepted')
  addMappings(command)
  return command
    .option('--json', 'print the prediction as JSON (pincer.prediction.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: PredictOptions) => {
      const { predictAction } = await import('./predict.ts')
      await predictAction(options, io)
    })
}

const DEGREE_TEXT: Readonly<Record<(typeof DEGREES)[number], string>> = {
  tp: 'tensor parallel ranks',
  pp: 'pipeline stages',
  dp: 'data parallel ranks of attention',
  moeTp: 'tensor parallel ranks of each expert',
  moeEp: 'expert parallel ranks',
}

function addMappings(command: Command): void {
  for (const degree of DEGREES) command.option(`--${flagName(degree)} <n>`, DEGREE_TEXT[degree])
  for (const pool of POOLS) {
    command.option(`--${pool}-workers <n>`, `disaggregated: replicas that ${pool} (default: 1)`)
    for (const degree of DEGREES) command.option(`--${pool}-${flagName(degree)} <n>`, `their ${DEGREE_TEXT[degree]}`)
  }
}

const EXAMPLES = `
Examples:
  pincer predict --model deepseek-v2 --chip h100-sxm --chips 8
  pincer predict --model ./config.json --chip ./chip.json --tp 4 --isl 8192 --osl 1024 --concurrency 32
  pincer predict --model deepseek-ai/DeepSeek-R1 --chip b200-sxm --dp 8 --moe-ep 8 --spec-draft 3 --spec-acceptance 0.7
  pincer predict --model qwen3-32b --chip h200-sxm --prefill-workers 2 --prefill-tp 2 --decode-workers 1 --decode-tp 4
  pincer predict --scenario examples/deepseek-v2-on-h100.json --concurrency 16 --explain
`
