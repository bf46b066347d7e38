import type { SearchPoint, SearchResult } from '../../../src/index.ts'
import { predictCommand } from '../../engine/search-point.ts'
import type { FrontierAnswer } from './answer.ts'

/** The document that `pincer search --json` prints. */
export function documentOf({ question, result, milliseconds = 0 }: FrontierAnswer): string {
  if (result === undefined) return ''
  const json = (point: SearchPoint): object => pointJson(point, question, result)
  const whole = {
    ...result,
    frontier: result.frontier.map(json),
    best: result.best === undefined ? undefined : json(result.best),
    nearest: result.nearest === undefined ? undefined : json(result.nearest),
    seconds: milliseconds / 1000,
  }
  return JSON.stringify(whole, undefined, 2)
}

function pointJson(point: SearchPoint, question: FrontierAnswer['question'], { workload }: SearchResult): object {
  const { chip, precision, deployment, load } = point
  const { engine, mapping, machines } = deployment
  const command = predictCommand(question, { chip, deployment, clients: load.concurrency }, workload)
  return { chip, precision, engine, mapping, machines, ...load, command }
}
