import {
  type CrossoverQuestion,
  METRICS,
  type Metric,
  PincerError,
  crossover,
  crossoverFigure,
  crossoverMap,
  crossoverMapFigure,
  figureSvg,
  parseScenario,
  ways,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { choice } from '../input/choice.ts'
import { parseNumber, parseNumberIn } from '../input/number.ts'
import { scenarioInput } from '../input/scenario.ts'
import { apiPrice, sidesInput } from '../input/side.ts'
import { axisInput, setInput } from '../input/vary.ts'
import type { Io } from '../io.ts'
import { crossoverPage, mapPage, waysPage } from '../view/crossover.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import type { CrossoverFlags, CrossoverOptions } from './crossover-definition.ts'
import { crossoverExplanations, mapExplanations, waysExplanations } from './crossover-explanation.ts'

type Given = CrossoverOptions & CrossoverFlags

/** `pincer crossover`: from where on which side is better. */
export async function crossoverAction(options: Given, io: Io): Promise<void> {
  checkTogether(options)
  if (options.ways !== undefined) return waysAction(options, options.ways, io)
  return options.over?.length === 2 ? mapAction(options, io) : lineAction(options, io)
}

// What would be dropped in silence is refused.
function checkTogether({ over = [], ways: api, a, b, rentPrice, grid, points, svg, metric }: Given): void {
  const refuse = (option: string, message: string, suggestion?: string): never => {
    throw new PincerError({
      code: 'invalid_value',
      path: [option],
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }
  if (api !== undefined) {
    const beside = { over: over[0], a, b, grid, points, svg, metric }
    for (const [option, value] of Object.entries(beside))
      if (value !== undefined) refuse(option, 'has no meaning beside --ways')
    return
  }
  if (rentPrice !== undefined) refuse('rentPrice', 'has no meaning without --ways')
  if (over.length === 0) {
    const suggestion = 'e.g. --over utilisation, --over context=1024..65536; "pincer crossover --help" lists them'
    throw new PincerError({ code: 'missing_field', path: ['over'], message: 'is required', suggestion })
  }
  if (over.length > 2) refuse('over', `${over.length} parameters are too many`, 'one for a line, two for a map')
  if (over.length === 1 && grid !== undefined) refuse('grid', 'has no meaning with one parameter', 'use --points')
  if (over.length === 2 && points !== undefined)
    refuse('points', 'has no meaning with two parameters', 'use --grid 33x25')
}

type Common = Pick<CrossoverQuestion, 'a' | 'b' | 'metric' | 'per' | 'set'>

async function commonQuestion(given: Given, io: Io): Promise<Common> {
  const {
    a: textA,
    b: textB,
    over: _,
    at,
    json: _json,
    explain: _explain,
    metric,
    per,
    points: _points,
    grid: _grid,
    svg: _svg,
    ...scenario
  } = given
  const [a, b] = await sidesInput({ a: textA, b: textB }, scenario as CrossoverOptions, io.cwd)
  return {
    a,
    b,
    set: setInput(at),
    ...(metric === undefined ? {} : { metric: choice(metric, Object.keys(METRICS) as Metric[], ['metric']) }),
    ...(per === undefined ? {} : { per: choice(per, ['output', 'total'], ['per']) }),
  }
}

async function lineAction(options: Given, io: Io): Promise<void> {
  const common = await commonQuestion(options, io)
  const points = options.points === undefined ? {} : { points: parseNumber(options.points, ['points']) }
  const answer = crossover({ ...common, over: axisInput(options.over?.[0] ?? ''), ...points })
  if (options.svg !== undefined) writeWholeFile(options.svg, figureSvg(crossoverFigure(answer)), io.cwd)
  const explanations = options.explain === true ? crossoverExplanations(answer) : undefined
  if (options.json === true) writeJson({ ...answer, explanations }, io)
  else
    crossoverPage(answer, new Page(io), io)
      .section('How the numbers come about', explanationText(explanations, io))
      .write()
}

async function mapAction(options: Given, io: Io): Promise<void> {
  const common = await commonQuestion(options, io)
  const [x, y] = (options.over ?? []).map(axisInput) as [ReturnType<typeof axisInput>, ReturnType<typeof axisInput>]
  const answer = crossoverMap({
    ...common,
    x,
    y,
    ...(options.grid === undefined ? {} : { grid: gridOf(options.grid) }),
  })
  if (options.svg !== undefined) writeWholeFile(options.svg, figureSvg(crossoverMapFigure(answer)), io.cwd)
  const explanations = options.explain === true ? mapExplanations(answer) : undefined
  if (options.json === true) writeJson({ ...answer, explanations }, io)
  else
    mapPage(answer, new Page(io), io).section('How the numbers come about', explanationText(explanations, io)).write()
}

function gridOf(text: string): [number, number] {
  const [columns, rows, more] = text.split(/[x×]/)
  if (columns !== undefined && rows !== undefined && more === undefined)
    return [parseNumber(columns, ['grid']), parseNumber(rows, ['grid'])]
  throw new PincerError({
    code: 'invalid_value',
    path: ['grid'],
    message: `"${text.slice(0, 40)}" is no grid`,
    suggestion: 'write 33x25',
  })
}

async function waysAction(options: Given, api: string, io: Io): Promise<void> {
  const { over: _, at, json, explain, per, rentPrice, ways: _ways, ...scenario } = options
  const input = await scenarioInput(scenario as CrossoverOptions, io.cwd)
  if (input['chipHour'] !== undefined) {
    const suggestion = 'give the rent by --rent-price'
    throw new PincerError({
      code: 'invalid_value',
      path: ['price'],
      message: 'has no meaning beside --ways',
      suggestion,
    })
  }
  const answer = ways({
    scenario: input,
    api: apiPrice(api, ['ways']),
    workload: parseScenario(input).workload,
    set: setInput(at),
    ...(per === undefined ? {} : { per: choice(per, ['output', 'total'], ['per']) }),
    ...(rentPrice === undefined ? {} : { rent: parseNumberIn(rentPrice, ['rentPrice'], { above: 0, to: 1e9 }) }),
  })
  const explanations = explain === true ? waysExplanations(answer) : undefined
  if (json === true) writeJson({ ...answer, explanations }, io)
  else
    waysPage(answer, new Page(io), io).section('How the numbers come about', explanationText(explanations, io)).write()
}
