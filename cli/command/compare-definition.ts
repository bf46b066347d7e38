import { Command } from 'commander'
import type { Io } from '../io.ts'

export interface CompareOptions {
  readonly models?: string
  readonly chips?: string
  readonly workload?: string
  readonly prices?: string
  readonly owner?: string
  readonly tco?: string
  readonly set?: string
  readonly precision?: string
  readonly userSpeed?: string
  readonly trainingTokens?: string
  readonly details?: boolean
  readonly json?: boolean
  readonly explain?: boolean
}

export function compareCommand(io: Io): Command {
  return new Command('compare')
    .description(
      'the 2 × 2 {dense, MoE} × {GPU, SRAM machine}: speed, cost, energy, training, and the verdicts on the claims',
    )
    .option(
      '--models <a,b>',
      'models in the order of the table, e.g. dense,sparse: ids or paths (default: deepseek-67b,deepseek-v2)',
    )
    .option(
      '--chips <x,y,z>',
      'machines: ids or paths; ratios are against the first GPU, or the first of all (default: h100-sxm, WSE-3, Groq LPU)',
    )
    .option('--workload <load>', 'preset, isl/osl, JSON or ./file.json')
    .option('--prices <prices>', '$ per chip-hour: chip=usd,chip=usd or ./prices.json')
    .option('--owner <kind>', 'build every machine-hour up as this owner: typical, hyperscaler or neocloud')
    .option('--tco <file>', 'inputs of the machine-hour (pincer.tco.v1): of the chip it names, or of all')
    .option('--set <name=value,…>', 'inputs of every machine-hour: life=5,interest=8%')
    .option('--precision <format>', 'format of the weights')
    .option('--user-speed <n>', 'tokens/s per user asked of the fast operating point (default: 100)')
    .option('--training-tokens <n>', 'tokens that both models are trained on')
    .option('--details', 'users, speed, energy, memory and training of every cell, and the claims of others')
    .option('--json', 'print the comparison and the verdicts as JSON (pincer.comparison.v1)')
    .option('--explain', 'formula, inputs and sources of each headline number')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CompareOptions) => {
      const { compareAction } = await import('./compare.ts')
      await compareAction(options, io)
    })
}

const EXAMPLES = `
Examples:
  pincer compare
  pincer compare --details
  pincer compare --models llama3-70b,mixtral-8x7b --chips h200-sxm,wse3
  pincer compare --workload 8192/1024 --prices h100-sxm=2.00,cerebras-wse3=30
  pincer compare --owner hyperscaler --set power-price=0.05
  pincer compare --json | jq '.verdicts[] | {claim: .claim.id, verdict}'
`
