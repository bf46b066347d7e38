import { type Prediction, type Scenario, parseScenario, predictScenario } from '../../src/index.ts'
import { scenarioInput } from '../input/scenario.ts'
import type { Io } from '../io.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { predictionPage } from '../view/prediction.ts'
import type { PredictOptions } from './predict-definition.ts'
import { predictionExplanations } from './predict-explanation.ts'

/** `pincer predict`: one deployment. */
export async function predictAction(options: PredictOptions, io: Io): Promise<void> {
  const scenario: Scenario = parseScenario(await scenarioInput(options, io.cwd))
  const prediction: Prediction = predictScenario(scenario)
  const explanations = options.explain === true ? predictionExplanations(prediction, scenario) : undefined
  if (options.json === true) {
    writeJson({ ...prediction, explanations }, io)
    return
  }
  const page = predictionPage(prediction, new Page(io), io)
  page.section('How the numbers come about', explanationText(explanations, io))
  page.write()
}
