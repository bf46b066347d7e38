import { Command } from 'commander'
import packageFile from '../package.json' with { type: 'json' }
import { calibrateCommand } from './command/calibrate-definition.ts'
import { catalogCommand } from './command/catalog-definition.ts'
import { claimsCommand } from './command/claims-definition.ts'
import { compareCommand } from './command/compare-definition.ts'
import { explainCommand } from './command/explain-definition.ts'
import { fitCommand } from './command/fit-definition.ts'
import { costCommand } from './command/cost-definition.ts'
import { crossoverCommand } from './command/crossover-definition.ts'
import { marketCommand } from './command/market-definition.ts'
import { predictCommand } from './command/predict-definition.ts'
import { searchCommand } from './command/search-definition.ts'
import { serveCommand } from './command/serve-definition.ts'
import { simulateCommand } from './command/simulate-definition.ts'
import { tiersCommand } from './command/tiers-definition.ts'
import { solveCommand } from './command/solve-definition.ts'
import { trainCommand } from './command/train-definition.ts'
import { uncertainCommand } from './command/uncertain-definition.ts'
import { validateCommand } from './command/validate-definition.ts'
import type { Io } from './io.ts'

const WIDEST_HELP = 110

/** The command line of `pincer`. Actions are imported when they run, so that help and version start fast. */
export function program(io: Io): Command {
  const root = new Command('pincer')
    .description(packageFile.description)
    .version(packageFile.version)
    .addHelpText('after', `\n${EXAMPLES}`)
  const commands = [
    compareCommand,
    predictCommand,
    searchCommand,
    explainCommand,
    fitCommand,
    solveCommand,
    costCommand,
    simulateCommand,
    tiersCommand,
    trainCommand,
    uncertainCommand,
    crossoverCommand,
    marketCommand,
    claimsCommand,
    catalogCommand,
    validateCommand,
    calibrateCommand,
    serveCommand,
  ]
  for (const define of commands) root.addCommand(define(io))
  for (const command of [root, ...root.commands]) printThrough(io, command)
  return root
}

// Faults are thrown to `run`, which prints them in one form.
function printThrough(io: Io, command: Command): void {
  command.configureHelp({ minWidthToWrap: 20 })
  command.exitOverride().configureOutput({
    writeOut: (text) => io.stdout.write(text),
    writeErr: () => undefined,
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(io.columns, WIDEST_HELP),
    getErrHelpWidth: () => Math.min(io.columns, WIDEST_HELP),
    getOutHasColors: () => io.color,
    getErrHasColors: () => false,
  })
}

const EXAMPLES = `Examples:
  pincer compare                                        the 2 × 2 {dense, MoE} × {GPU, SRAM machine}
  pincer predict --model deepseek-v2 --chip h100-sxm    one deployment
  pincer search deepseek-v3 --user-speed 50             which deployment to choose
  pincer cost --chip h100-sxm                           a chip-hour, part by part
  pincer catalog chips                                  what is known, and from where

Exit codes: 0 done, 2 input at fault, 70 fault of pincer.`
