import { computed, effect, signal } from '@preact/signals'
import type { Lever } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import { type Latest, latest } from '../../engine/latest.ts'
import type { DeploymentAnswer, DeploymentQuestion, LaidOut } from '../../engine/method/deployment.ts'
import { type Question, question } from '../../engine/question.ts'

/** Levers take a while: the next answer waits for them, so that it comes from the worker which has everything prepared. */
let leversUnderWay: Promise<unknown> | undefined

/** The answer on the page. */
export const asked: Latest<DeploymentQuestion, DeploymentAnswer> = latest(async (asks, options) => {
  // The question leaves at once where nothing is in its way: the worker answers while the page draws the moved handle.
  if (leversUnderWay !== undefined) await leversUnderWay
  return ask('deployment.answer', asks, options)
})

/** The answer alone: who draws it is not drawn again because a question is on its way. */
export const answer = computed(() => asked.standing.value.answer)

/** Whether the answer on the page is not that of what is asked now. */
export const isFailed = computed(() => asked.standing.value.phase === 'failed')

/** The answer once the inputs rest: what nobody sees meanwhile is drawn then. */
export const restedAnswer = signal<DeploymentAnswer | undefined>(undefined)
/** Inputs rest for what is off the screen after so long, ms. */
const SHORT_REST = 120
let restingDrawn: ReturnType<typeof setTimeout> | undefined
effect(() => {
  const next = answer.value
  clearTimeout(restingDrawn)
  if (restedAnswer.peek() === undefined) restedAnswer.value = next
  else restingDrawn = setTimeout(() => (restedAnswer.value = next), SHORT_REST)
})

/** What a factor of two would change, and of which question that is told. */
interface Levers {
  readonly of: DeploymentQuestion
  readonly list: readonly Lever[]
}

export const levers = signal<Levers | undefined>(undefined)
const current = signal<DeploymentQuestion | undefined>(undefined)
/** Whether the levers are those of a question before. */
export const isLeverOld = computed(() => levers.value?.of !== current.value)

/** Other ways to lay the model over the same chips, asked for by a button. */
export const laidOut: Question<readonly LaidOut[]> = question<readonly LaidOut[]>()

/** Inputs rest when nothing has changed for so long, ms. */
const REST = 350
let resting: ReturnType<typeof setTimeout> | undefined

export function askFor(asks: DeploymentQuestion): void {
  current.value = asks
  asked.ask(asks)
  clearTimeout(resting)
  resting = setTimeout(() => {
    leversUnderWay = askLevers(asks).finally(() => (leversUnderWay = undefined))
  }, REST)
}

async function askLevers(asks: DeploymentQuestion): Promise<void> {
  try {
    const list = await ask('deployment.levers', asks)
    if (current.peek() === asks) levers.value = { of: asks, list }
  } catch {
    // What is wrong with the question the answer has said already.
  }
}

export function compareMappings(asks: DeploymentQuestion): void {
  laidOut.ask((options) => ask('deployment.mappings', asks, options))
}
