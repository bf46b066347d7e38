import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface CalibrateOptions {
  readonly models?: string
  readonly out?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function calibrateCommand(io: Io): Command {
  return new Command('calibrate')
    .description('refit a few constants to measured deployments of your own, checked on rows left out')
    .argument('<runs.csv>', 'one measured deployment per row, columns as of validate')
    .option('--models <folder>', 'Hugging Face configs org__name.json; a file given here wins over the catalog')
    .option('--out <file>', 'write calibration.json, which --calibration of predict, simulate and validate takes')
    .option('--json', 'print the calibration as JSON (pincer.calibration.v1)')
    .option('--explain', 'how the refit is made and judged')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: CalibrateOptions) => {
      const { calibrateAction } = await import('./calibrate.ts')
      await calibrateAction(file, options, io)
    })
}

const EXAMPLES = `
Needs at least three different deployments or loads. Where rows left out of the refit gain nothing, the shipped constants
are kept, and the file says so.

Examples:
  pincer calibrate examples/own-runs.csv
  pincer calibrate runs.csv --out calibration.json
  pincer predict --model llama3-8b --chip h100-sxm --calibration ./calibration.json
`
