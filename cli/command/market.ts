import { figureSvg, market, marketFigure, parseMarket } from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { extendedFile } from '../input/extends.ts'
import { parseNumber } from '../input/number.ts'
import { varyInput } from '../input/vary.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { marketPage } from '../view/market.ts'
import { Page } from '../view/page.ts'
import type { MarketLists, MarketOptions } from './market-definition.ts'
import { marketExplanations } from './market-explanation.ts'

/** `pincer market`: what the stated assumptions lead to. */
export function marketAction(options: MarketOptions & MarketLists, io: Io): void {
  const { file, set, point, years, samples, seed, svg } = options
  const fields = file === undefined ? {} : extendedFile(file, io.cwd)
  const inputs = { ...(fields['inputs'] as object | undefined), ...varyInput(set, io.cwd) }
  const scenario = parseMarket({
    ...fields,
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
    ...(point === undefined ? {} : { point }),
    ...(years === undefined ? {} : { years: parseNumber(years, ['years']) }),
  })
  const result = market({
    scenario,
    ...(samples === undefined ? {} : { samples: parseNumber(samples, ['samples']) }),
    ...(seed === undefined ? {} : { seed: parseNumber(seed, ['seed']) }),
  })
  if (svg !== undefined) writeWholeFile(svg, figureSvg(marketFigure(result)), io.cwd)
  const explanations = options.explain === true ? marketExplanations(result) : undefined
  if (options.json === true) {
    writeJson({ schema: 'pincer.market-result.v1', ...result, explanations }, io)
    return
  }
  const page = marketPage(result, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}
