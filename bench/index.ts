import { browserResults } from './browser.ts'
import { bundleGzipBytes } from './bundle.ts'
import { mooncakePerSecond } from './mooncake.ts'
import { predictPerSecond } from './predict.ts'
import { sortMilliseconds } from './reference.ts'
import { processSeconds } from './process.ts'
import { searchPerSecond } from './search.ts'
import { simulatedPerSecond } from './serving.ts'
import { startMilliseconds } from './start.ts'
import { uncertainPerSecond } from './uncertainty.ts'
import { webResults } from './web.ts'
import { webViewResults } from './web-frontier.ts'
import { webDeploymentResults } from './web-deployment.ts'

/**
 * Speed and size of the project. `--json` prints `{"results":[{"name","value","unit"}]}` and nothing else; otherwise a table
 * with the median and the best of the repeats.
 */
async function main(argv: readonly string[]): Promise<void> {
  const results = [
    predictPerSecond(),
    searchPerSecond(),
    simulatedPerSecond(),
    uncertainPerSecond(),
    ...mooncakePerSecond(),
    ...processSeconds(),
    ...(await browserResults()),
    ...(await webResults()),
    ...(await webViewResults()),
    ...(await webDeploymentResults()),
    startMilliseconds(),
    ...(await bundleGzipBytes()),
    sortMilliseconds(),
  ]
  if (argv.includes('--json')) {
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
