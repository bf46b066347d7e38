import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface ValidateOptions {
  readonly kind?: string
  readonly models?: string
  readonly calibration?: string
  readonly out?: string
  readonly json?: boolean
  readonly explain?: boolean
}

export function validateCommand(io: Io): Command {
  return new Command('validate')
    .description('judge predictions by measurements in a CSV file')
    .argument('<file.csv>', 'one deployment, published speed or training run per row')
    .option('--kind <kind>', 'serving, published or training (default: serving)')
    .option('--models <folder>', 'Hugging Face configs org__name.json; a file given here wins over the catalog')
    .option('--calibration <file>', 'constants refitted to measurements of your own, from pincer calibrate')
    .option('--out <file>', 'write the predictions of all rows as CSV')
    .option('--json', 'print the scores as JSON (pincer.validation.v1)')
    .option('--explain', 'how errors and bands are computed')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ValidateOptions) => {
      const { validateAction } = await import('./validate.ts')
      await validateAction(file, options, io)
    })
}

const EXAMPLES = `
Predictions never read measured columns: with ttft_ms and tpot_ms blanked they are the same. Rows that cannot be
predicted are refused with a reason and do not fail the command. Columns: docs/cli.md.

Examples:
  pincer validate serving.csv
  pincer validate serving.csv --models ./configs --out predictions.csv --json
  pincer validate speeds.csv --kind published --out predictions.csv
  pincer validate runs.csv --kind training
`
