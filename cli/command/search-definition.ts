import { Command } from 'commander'
import type { SearchOptions } from '../input/search.ts'
import type { Io } from '../io.ts'

export function searchCommand(io: Io): Command {
  const command = new Command('search')
    .description('the deployments of a model worth having, over chips, formats, engines, mappings and loads')
    .argument('<model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
  for (const add of [addGrid, addLoad, addResults]) add(command)
  return command.addHelpText('after', EXAMPLES).action(async (model: string, options: SearchOptions) => {
    const { searchAction } = await import('./search.ts')
    await searchAction(model, options, io)
  })
}

function addGrid(command: Command): void {
  command
    .option('--chips <a,b>', 'ids or paths, or all of the catalog’s GPUs (default: those that are measured)')
    .option(
      '--precisions <a,b>',
      'formats of the weights (default: the checkpoint’s, and narrower ones that the chip multiplies in)',
    )
    .option('--engines <a,b>', 'vllm, sglang, trtllm (default: all; trtllm on NVIDIA chips only)')
    .option('--concurrencies <a,b>', 'numbers of clients (default: 1 to 4096, two per doubling)')
}

function addLoad(command: Command): void {
  command
    .option('--workload <load>', 'preset, isl/osl, JSON or ./file.json (default: chat)')
    .option('--isl <tokens>', 'upper end of the prompt length')
    .option('--osl <tokens>', 'upper end of the output length')
    .option('--cache-format <format>', 'format of the KV cache (default: bf16)')
    .option('--spec-draft <n>', 'speculative decoding: tokens drafted per step')
    .option('--spec-acceptance <p>', 'probability that a drafted token is accepted')
    .option('--prices <prices>', '$ per chip-hour: chip=usd,chip=usd or ./prices.json')
    .option('--utilisation <share>', 'share of the paid time that is used, above 0 up to 1')
    .option('--calibration <file>', 'constants refitted to measurements of your own, from pincer calibrate')
}

function addResults(command: Command): void {
  command
    .option('--by <measure>', 'weigh the speed of a user against tokens per chip or against cost (default: chip)')
    .option('--slo-ttft <ms>', 'the best deployment shall have at most this TTFT')
    .option('--slo-tpot <ms>', 'and at most this TPOT')
    .option('--user-speed <n>', 'and at least so many tokens/s per user')
    .option('--csv', 'print the frontier as CSV')
    .option('--out <file.csv>', 'write the frontier as CSV')
    .option('--json', 'print the result as JSON (pincer.search.v1)')
    .option('--explain', 'formula, inputs and sources of the best deployment’s numbers')
}

const EXAMPLES = `
Examples:
  pincer search deepseek-v3
  pincer search llama3-70b --chips h100,h200,b200 --user-speed 50 --by cost
  pincer search gpt-oss-120b --isl 8192 --osl 1024 --slo-ttft 2000 --slo-tpot 20
  pincer search ./config.json --chips ./chip.json --prices my-chip=1.10 --engines vllm
  pincer search qwen3-32b --chips h200,mi355x,trainium3 --by cost --csv
`
