import {
  PincerError,
  type SearchPoint,
  type SearchResult,
  parseScenario,
  planSearch,
  predictScenario,
  searchPart,
  searchResult,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { scenarioInput } from '../input/scenario.ts'
import { type SearchOptions, chipSpecs, searchInput } from '../input/search.ts'
import type { Io } from '../io.ts'
import { type Explanation, explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { type Asked, predictOptions } from '../view/search-command.ts'
import { frontierCsv, pointJson, searchPage } from '../view/search.ts'
import { predictionExplanations } from './predict-explanation.ts'

/** `pincer search`: many deployments of one model. */
export async function searchAction(model: string, options: SearchOptions, io: Io): Promise<void> {
  if (options.csv === true && options.json === true) {
    throw new PincerError({ code: 'invalid_value', path: ['csv'], message: 'has no meaning beside --json' })
  }
  const question = await searchInput(model, options, io.cwd)
  const start = performance.now()
  const plan = planSearch(question)
  const result = searchResult(plan, [searchPart(plan, 0, plan.candidates.length)])
  const seconds = (performance.now() - start) / 1000
  const chips = chipSpecs(options) ?? plan.chips.map(({ id }) => id)
  const asked: Asked = { model, options, chips, prices: question.prices ?? {} }
  if (options.out !== undefined) writeWholeFile(options.out, frontierCsv(result, asked), io.cwd)
  if (options.csv === true) {
    io.stdout.write(frontierCsv(result, asked))
    return
  }
  const explanations = options.explain === true ? await explained(result, asked, io.cwd) : undefined
  if (options.json === true) writeJson({ ...documentOf(result, asked), seconds, explanations }, io)
  else {
    const page = searchPage(result, asked, seconds, new Page(io), io)
    page.section('How the best numbers come about', explanationText(explanations, io))
    page.write()
  }
}

function documentOf(result: SearchResult, asked: Asked): object {
  const json = (point: SearchPoint): object => pointJson(point, asked, result)
  return {
    ...result,
    frontier: result.frontier.map(json),
    best: result.best === undefined ? undefined : json(result.best),
    nearest: result.nearest === undefined ? undefined : json(result.nearest),
  }
}

async function explained(result: SearchResult, asked: Asked, cwd: string): Promise<Explanation[]> {
  const point = result.best ?? result.nearest
  if (point === undefined) return []
  const scenario = parseScenario(await scenarioInput(predictOptions(point, asked, result), cwd))
  return predictionExplanations(predictScenario(scenario), scenario)
}
