import {
  type UncertainComparison,
  figureSvg,
  uncertainComparison,
  uncertainDocument,
  uncertaintyFigure,
} from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { choice } from '../input/choice.ts'
import { parseNumber } from '../input/number.ts'
import { sidesInput } from '../input/side.ts'
import { varyInput } from '../input/vary.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { uncertainPage } from '../view/uncertain.ts'
import type { UncertainFlags, UncertainOptions } from './uncertain-definition.ts'
import { uncertainExplanations } from './uncertain-explanation.ts'

/** `pincer uncertain`: two sides with all that is not known of them. */
export async function uncertainAction(given: UncertainOptions & UncertainFlags, io: Io): Promise<void> {
  const { a: textA, b: textB, vary, json, explain, samples, seed, per, speedCorrelation, svg, ...common } = given
  const [a, b] = await sidesInput({ a: textA, b: textB }, common, io.cwd)
  const answer: UncertainComparison = uncertainComparison({
    a,
    b,
    vary: varyInput(vary, io.cwd),
    ...(samples === undefined ? {} : { samples: parseNumber(samples, ['samples']) }),
    ...(seed === undefined ? {} : { seed: parseNumber(seed, ['seed']) }),
    ...(per === undefined ? {} : { per: choice(per, ['output', 'total'], ['per']) }),
    ...(speedCorrelation === undefined
      ? {}
      : { speedCorrelation: parseNumber(speedCorrelation, ['speedCorrelation']) }),
  })
  if (svg !== undefined) writeWholeFile(svg, figureSvg(uncertaintyFigure(answer)), io.cwd)
  const explanations = explain === true ? uncertainExplanations(answer) : undefined
  if (json === true) {
    writeJson({ ...uncertainDocument(answer), explanations }, io)
    return
  }
  const page = uncertainPage(answer, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}
