import { Command } from 'commander'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'

export interface SimulateOptions extends ScenarioOptions {
  readonly arrivals?: string
  readonly requests?: string
  readonly trace?: string
  readonly seed?: string
  readonly policy?: string
  readonly maxNumSeqs?: string
  readonly maxNumBatchedTokens?: string
  readonly blocks?: string
  readonly blockSize?: string
  readonly sloTtft?: string
  readonly sloTpot?: string
  readonly findLoad?: boolean
  readonly attain?: string
  readonly out?: string
  readonly svg?: string
  readonly perfetto?: string
  readonly perfettoRequests?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function simulateCommand(io: Io): Command {
  return new Command('simulate')
    .description(
      'serve requests one by one on one deployment: percentiles of TTFT and TPOT, queue, KV cache, goodput, cost',
    )
    .option('--scenario <file>', 'scenario JSON; the options below override its fields')
    .option('--model <model>', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--chip <chip>', 'catalog id or ./chip.json')
    .option('--chips <n>', 'chips of the deployment; the mapping is chosen')
    .option('--tp <n>', 'tensor parallel ranks')
    .option('--precision <format>', 'format of the weights (default: what the checkpoint has)')
    .option('--engine <name>', 'vllm, sglang or trtllm (default: vllm)')
    .option('--workload <load>', 'preset, isl/osl, isl/osl@concurrency, JSON or ./file.json (default: chat)')
    .option('--concurrency <n>', 'closed loop: clients that each wait for their answer')
    .option(
      '--arrivals <process>',
      'closed (default), poisson:RATE, gamma:RATE,CV, uniform:RATE or JSON; requests per second',
    )
    .option(
      '--trace <file>',
      'requests of a trace: Azure, Mooncake, Bailian, BurstGPT, own CSV or JSONL, plain or gzip',
    )
    .option('--requests <n>', 'requests to draw (default: 10 per client, or 2000)')
    .option('--seed <n>', 'random seed (default: 1); same seed, same bytes')
    .option('--policy <name>', 'scheduler: vllm, sglang, trtllm, static, continuous (default: the engine’s)')
    .option('--max-num-seqs <n>', 'most sequences that run at once (default: 1024)')
    .option('--max-num-batched-tokens <n>', 'most tokens of a step (default: the engine’s recipe)')
    .option('--blocks <n>', 'KV cache blocks (default: what the memory holds)')
    .option('--block-size <n>', 'tokens of a block (default: 16)')
    .option('--slo-ttft <ms>', 'goodput counts requests with at most this TTFT')
    .option('--slo-tpot <ms>', 'and at most this TPOT')
    .option(
      '--find-load',
      'find the highest rate (or number of clients) that keeps these bounds; the rate may be left out',
    )
    .option('--attain <percent>', 'share of requests that must keep the bounds (default: 99)')
    .option('--price <usd>', '$ per chip-hour (default: the catalog’s)')
    .option('--out <file.csv>', 'one row per request')
    .option('--svg <file.svg>', 'picture: queue, batch, cache and time in steps over time, latencies by percentile')
    .option('--perfetto <file.json>', 'trace for ui.perfetto.dev: queue, prefill and decode of each request')
    .option('--perfetto-requests <n>', 'requests in that trace (default: the first 2000)')
    .option('--json', 'print the run as JSON (pincer.simulation.v1)')
    .option('--explain', 'step times, cache and headline figures: formula, values and sources')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SimulateOptions) => {
      const { simulateAction } = await import('./simulate.ts')
      await simulateAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer simulate --model llama3-8b --chip a100 --arrivals poisson:6.45 --requests 20000
  pincer simulate --model llama3-70b --chip h100 --chips 4 --concurrency 128 --slo-ttft 1000 --slo-tpot 50
  pincer simulate --model llama3-8b --chip h100 --arrivals poisson --find-load --slo-ttft 500 --slo-tpot 20
  pincer simulate --model llama3-8b --chip h100 --arrivals poisson:5 --svg run.svg --perfetto run.json
  pincer simulate --model llama3-8b --chip h100 --trace requests.csv --policy sglang --out served.csv
`
