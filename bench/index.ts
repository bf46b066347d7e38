import { parseArgs } from 'node:util'
import { browserResults } from './browser.ts'
import { bundleGzipBytes } from './bundle.ts'
import { mooncakePerSecond } from './mooncake.ts'
import { predictPerSecond } from './predict.ts'
import { sortMilliseconds } from './reference.ts'
import { processSeconds } from './process.ts'
import { setQuick } from './repeat.ts'
import type { BenchResult } from './result.ts'
import { searchPerSecond } from './search.ts'
import { simulatedPerSecond } from './serving.ts'
import { startMilliseconds } from './start.ts'
import { uncertainPerSecond } from './uncertainty.ts'
import { webResults } from './web.ts'
import { webViewResults } from './web-frontier.ts'
import { webDeploymentResults } from './web-deployment.ts'

type Bench = () => BenchResult | readonly BenchResult[] | Promise<readonly BenchResult[]>

/** All benches, by the group that a command line names. */
const BENCHES: readonly (readonly [group: string, run: Bench])[] = [
  ['predict', predictPerSecond],
  ['search', searchPerSecond],
  ['serving', simulatedPerSecond],
  ['uncertainty', uncertainPerSecond],
  ['serving', mooncakePerSecond],
  ['serving', processSeconds],
  ['browser', browserResults],
  ['web', webResults],
  ['web', webViewResults],
  ['web', webDeploymentResults],
  ['cli', startMilliseconds],
  ['bundle', bundleGzipBytes],
  ['reference', sortMilliseconds],
]
const GROUPS: ReadonlySet<string> = new Set(BENCHES.map(([group]) => group))

/**
 * Speed and size of the project: all of it, or the groups that are named. `--json` prints `{"results":[{"name","value","unit"}]}` and
 * nothing else; otherwise a table with the median and the best of the repeats. `--quick` repeats nothing: whether a bench runs, not
 * how fast.
 */
async function main(argv: string[]): Promise<void> {
  const options = { json: { type: 'boolean' }, quick: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  const unknown = positionals.find((name) => !GROUPS.has(name))
  if (unknown !== undefined) {
    process.stderr.write(`there is no group "${unknown}"; there are ${[...GROUPS].join(', ')}\n`)
    process.exitCode = 2
    return
  }
  setQuick(values.quick === true)
  const results: BenchResult[] = []
  for (const [group, run] of BENCHES)
    if (positionals.length === 0 || positionals.includes(group)) results.push(...[await run()].flat())
  if (values.json === true) {
    process.stdout.write(
      `${JSON.stringify({ results: results.map(({ name, value, unit }) => ({ name, value, unit })) })}\n`,
    )
    return
  }
  for (const { name, value, unit, best } of results) {
    const digits = Number(value.toPrecision(4)).toLocaleString('en-US')
    const least = best === undefined ? '' : `   best ${Number(best.toPrecision(4)).toLocaleString('en-US')}`
    process.stdout.write(`${name.padEnd(34)} ${digits.padStart(12)} ${unit.padEnd(6)}${least}\n`)
  }
}

await main(process.argv.slice(2))
