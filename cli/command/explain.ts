import { type Scenario, explainFigure, explainScenario, figureSvg, parseScenario } from '../../src/index.ts'
import { writeWholeFile } from '../file/write.ts'
import { scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explainedPage } from '../view/explained.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import type { ExplainOptions } from './explain-definition.ts'
import { predictionExplanations } from './predict-explanation.ts'

/** `pincer explain`: why one deployment is as fast as it is. */
export async function explainAction(options: ExplainOptions, io: Io): Promise<void> {
  const scenario: Scenario = parseScenario(await scenarioInput(options, io.cwd))
  const explained = explainScenario(scenario)
  if (options.svg !== undefined) writeWholeFile(options.svg, figureSvg(explainFigure(explained)), io.cwd)
  const explanations = options.explain === true ? predictionExplanations(explained.prediction, scenario) : undefined
  if (options.json === true) {
    writeJson({ ...explained, explanations }, io)
    return
  }
  const page = explainedPage(explained, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}
