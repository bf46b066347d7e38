import type { Io } from './io.ts'
import { program } from './program.ts'

/**
 * Runs one command line (without `node` and the script) and returns its exit code: 0 done, 2 input at fault, 70 a fault of
 * the program itself. Writes through `io` only.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await program(io).parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    return 0
  } catch (fault) {
    if (isHelp(fault)) return 0
    // Loaded late: `--version` and `--help` shall not wait for the engine.
    const { reportFault } = await import('./error.ts')
    return reportFault(fault, io, wantsJson(argv))
  }
}

// commander ends help and version by throwing.
function isHelp(fault: unknown): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(
    (fault as { code?: string }).code ?? '',
  )
}

function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json')
}
