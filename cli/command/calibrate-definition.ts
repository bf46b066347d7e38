import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface CalibrateOptions {
  readonly kernels?: string
  readonly models?: string
  readonly out?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function calibrateCommand(io: Io): Command {
  return new Command('calibrate')
    .description('refit a few constants to deployments and kernels you measured, checked on rows left out')
    .argument('[runs.csv]', 'one measured deployment per row, columns as of validate')
    .option('--kernels <timings.csv>', 'kernels timed alone on one chip, one per row; with runs or instead of them')
    .option('--models <folder>', 'Hugging Face configs org__name.json; a file given here wins over the catalog')
    .option('--out <file>', 'write calibration.json, which --calibration of predict, simulate and validate takes')
    .option('--json', 'print the calibration as JSON (pincer.calibration.v1)')
    .option('--explain', 'how the refit is made and judged')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: CalibrateOptions) => {
      const { calibrateAction } = await import('./calibrate.ts')
      await calibrateAction(file, options, io)
    })
}

const EXAMPLES = `
Needs at least three different deployments or loads, or shapes of kernels. Where rows left out of the refit gain nothing,
the shipped constants are kept, and the file says so.

Columns of --kernels: chip, kernel, format, latency_us and the sizes of the kernel (whole numbers; those in brackets may
be left out):
  gemm                   m, n, k
  expert-gemm            tokens, hidden, inter, topk, experts, [moe_tp]
  prefill-attention      batch, heads, kv_heads, head_dim, length, [cached]
  decode-attention       batch, heads, kv_heads, head_dim, cached, [length]
  mla-prefill-attention  batch, heads, length, [cached]
  mla-decode-attention   batch, heads, cached, [length]
  all-reduce, all-gather, reduce-scatter, all-to-all
                         ranks, bytes, [engine]; no format

Examples:
  pincer calibrate examples/own-runs.csv
  pincer calibrate --kernels examples/own-kernels.csv
  pincer calibrate runs.csv --kernels timings.csv --out calibration.json
  pincer predict --model llama3-8b --chip h100-sxm --calibration ./calibration.json
`
