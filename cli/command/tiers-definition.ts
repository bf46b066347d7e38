import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface TiersOptions {
  readonly model?: string
  readonly chip?: string
  readonly chips?: string
  readonly host?: string
  readonly fast?: string
  readonly slow?: string
  readonly flops?: string
  readonly layerLatency?: string
  readonly precision?: string
  readonly users?: string
  readonly context?: string
  readonly routing?: string
  readonly residency?: string
  readonly prefetch?: string
  readonly accuracy?: string
  readonly compute?: string
  readonly hostFlops?: string
  readonly link?: string
  readonly io?: string
  readonly queue?: string
  readonly within?: string
  readonly svg?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function tiersCommand(io: Io): Command {
  const command = new Command('tiers')
    .description('how much fast memory a mixture of experts needs before it behaves as if all were fast')
    .argument('[model]', 'catalog id, ./config.json, a folder holding one, or hf:org/name')
    .option('--model <model>', 'the same')
  addMachine(command)
  addLoad(command)
  addSupply(command)
  return command
    .option('--within <percent>', 'how much slower than all-fast still counts (default: 5)')
    .option('--svg <file.svg>', 'picture: speed and hit rates over fast memory')
    .option('--json', 'print the answer as JSON (pincer.tiers.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (model: string | undefined, options: TiersOptions) => {
      const { tiersAction } = await import('./tiers.ts')
      await tiersAction(model, options, io)
    })
}

function addMachine(command: Command): void {
  command
    .option('--chip <chip>', 'catalog id or ./chip.json: its first memory is the fast tier')
    .option('--chips <n>', 'chips that hold the model together (default: 1)')
    .option('--host <memory>', 'slow tier: pcie3, pcie4, pcie5, sn50-ddr, gh200, gb200, nvme4 (default: the chip’s)')
    .option('--fast <size@rate>', 'fast tier in place of a chip, such as 80GB@3.35TB/s')
    .option('--slow <size@rate>', 'slow tier of the whole machine, such as 512GB@64GB/s or 4TB@7GB/s,100us')
    .option('--flops <n>', 'FLOP/s of the processor at --fast (default: never the limit)')
    .option('--layer-latency <time>', 'time of a layer beside its bytes at --fast, such as 20us (default: none)')
}

function addLoad(command: Command): void {
  command
    .option('--precision <format>', 'format of the weights (default: the checkpoint’s)')
    .option('--users <n>', 'users that decode together (default: 1)')
    .option('--context <tokens>', 'tokens in each user’s cache (default: 2048)')
    .option(
      '--routing <law>',
      'popularity of experts: balanced, exponential, power:EXPONENT, or a histogram FILE.csv with expert,count or layer,expert,count (default: balanced)',
    )
}

function addSupply(command: Command): void {
  command
    .option('--residency <name>', 'static: the hottest stay; lru: those used last (default: static)')
    .option('--prefetch <name>', 'none; next: guessed a layer ahead; layer: whole layers ahead (default: none)')
    .option('--accuracy <share>', 'share of guessed experts that are right (default: 0.8)')
    .option('--compute <where>', 'experts of the slow tier run on: fast (they are fetched) or host (default: fast)')
    .option('--host-flops <n>', 'FLOP/s of the host (default: never the limit)')
    .option('--link <rate>', 'between host and fast processor where the host computes, such as 32GB/s')
    .option('--queue <n>', 'transfers in flight at the latency of --slow (default: as many as it takes)')
    .option('--io <size>', 'bytes of one transfer (default: an expert)')
}

const EXAMPLES = `
Examples:
  pincer tiers mixtral-8x7b --chip l40s
  pincer tiers deepseek-v2 --chip h200 --precision fp8 --routing exponential --explain
  pincer tiers mixtral-8x7b --precision int4 --fast 16GB@320GB/s --host pcie3 --residency lru
  pincer tiers deepseek-r1 --precision int4 --fast 24GB@1TB/s --slow 1TB@614GB/s --compute host --link 32GB/s
  pincer tiers deepseek-v2 --precision fp8 --chip gb200 --users 16 --context 4096 --prefetch next --accuracy 0.9
  pincer tiers deepseek-r1 --chip sn40l --chips 8
  pincer tiers ./config.json --fast 80GB@3.35TB/s --slow 4TB@7GB/s,100us --queue 8 --io 1MB --routing ./hits.csv
`
