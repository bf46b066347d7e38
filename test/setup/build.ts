import { execFileSync } from 'node:child_process'

/** Compiles once before the run, so that tests of the command line exercise today's sources. */
export default function build(): void {
  execFileSync('npx', ['tsc', '-b', 'src', 'cli'], { stdio: 'inherit' })
}
