import { Command } from 'commander'
import type { LoadOptions } from '../input/load.ts'
import type { ScenarioOptions } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { addScenarioOptions } from './scenario-option.ts'

export interface SimulateOptions extends ScenarioOptions, LoadOptions {
  readonly replicas?: string
  readonly router?: string
  readonly hostCache?: string
  readonly policy?: string
  readonly maxNumSeqs?: string
  readonly maxNumBatchedTokens?: string
  readonly blocks?: string
  readonly slo?: string
  readonly sloTtft?: string
  readonly sloTpot?: string
  readonly attain?: string
  readonly out?: string
  readonly svg?: string
  readonly perfetto?: string
  readonly perfettoRequests?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function simulateCommand(io: Io): Command {
  const command = new Command('simulate').description(
    'serve requests one by one on a deployment or a fleet: percentiles of TTFT and TPOT, queue, KV cache, goodput, cost',
  )
  for (const add of [addScenarioOptions, addLoad, addEngine, addResults]) add(command)
  return command.addHelpText('after', EXAMPLES).action(async (options: SimulateOptions) => {
    const { simulateAction } = await import('./simulate.ts')
    await simulateAction(options, io)
  })
}

function addLoad(command: Command): void {
  command
    .option(
      '--arrivals <process>',
      'closed (default: the clients of --concurrency); poisson:RATE, gamma:RATE,CV, uniform:RATE or JSON, in requests per second; ' +
        'agent:RATE, sessions per second whose turns wait for each other',
    )
    .option(
      '--trace <file>',
      'requests of a trace: Azure, Mooncake, Bailian, BurstGPT, own CSV or JSONL, plain or gzip',
    )
    .option('--requests <n>', 'requests to draw (default: 10 per client, or 2000)')
    .option('--sessions <n>', 'agent sessions to draw (default: 250, about 2000 turns)')
    .option('--seed <n>', 'random seed (default: 1); same seed, same bytes')
}

function addEngine(command: Command): void {
  command
    .option('--replicas <n>', 'copies of the deployment behind a router (default: 1)')
    .option('--router <name>', 'round-robin, least-loaded or cache-aware (default: least-loaded)')
    .option(
      '--no-prefix-cache',
      'compute prompts anew that begin as earlier ones (default: where a trace tells, they are found)',
    )
    .option('--host-cache <size@rate>', 'second tier of the prefix cache, in host memory, such as 256GB@25GB/s')
    .option('--policy <name>', 'scheduler: vllm, sglang, trtllm, static, continuous (default: the engine’s)')
    .option('--max-num-seqs <n>', 'most sequences that run at once in an engine (default: 1024)')
    .option('--max-num-batched-tokens <n>', 'most tokens of a step (default: the engine’s recipe)')
    .option('--blocks <n>', 'KV cache blocks of an engine (default: what the memory holds)')
    .option('--block-size <n>', 'tokens of a block (default: 16)')
}

function addResults(command: Command): void {
  command
    .option('--slo-ttft <ms>', 'goodput counts requests with at most this TTFT')
    .option('--slo-tpot <ms>', 'and at most this TPOT')
    .option(
      '--find-load',
      'find the highest rate (or number of clients) that keeps these bounds; the rate may be left out',
    )
    .option('--slo <ttft/tpot>', 'the same in short: 500/20 in ms finds the load that keeps both; - leaves one open')
    .option('--attain <percent>', 'share of requests that must keep the bounds (default: 99)')
    .option('--out <file.csv>', 'one row per request')
    .option('--svg <file.svg>', 'picture: queue, batch, cache and time in steps over time, latencies by percentile')
    .option('--perfetto <file.json>', 'trace for ui.perfetto.dev: queue, prefill and decode of each request')
    .option('--perfetto-requests <n>', 'requests in that trace (default: the first 2000)')
    .option('--json', 'print the run as JSON (pincer.simulation.v1)')
    .option('--explain', 'step times, cache and headline figures: formula, values and sources')
}

const EXAMPLES = `
Examples:
  pincer simulate --model llama3-8b --chip a100 --arrivals poisson:6.45 --requests 20000
  pincer simulate --model llama3-70b --chip h100 --chips 4 --concurrency 128 --slo-ttft 1000 --slo-tpot 50
  pincer simulate --model llama3-8b --chip h100 --arrivals poisson --find-load --slo-ttft 500 --slo-tpot 20
  pincer simulate --model llama3-8b --chip h100 --arrivals poisson:5 --svg run.svg --perfetto run.json
  pincer simulate --model llama3-8b --chip h100 --trace requests.csv --policy sglang --out served.csv
  pincer simulate --model llama3-8b --chip h100 --replicas 4 --router cache-aware --arrivals agent:1 --sessions 100
  pincer simulate --model llama3-70b --chip h100 --prefill-tp 4 --decode-tp 4 --decode-workers 2 --arrivals poisson:4
`
