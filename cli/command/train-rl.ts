import { PincerError, type ReinforceInput, type TrainingInput, reinforce } from '../../src/index.ts'
import { readJson } from '../file/json.ts'
import { parseNumber } from '../input/number.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { reinforcePage } from '../view/reinforce.ts'
import type { TrainOptions } from './train-definition.ts'

const FIELDS = {
  steps: 'steps',
  answers: 'answers',
  prompt: 'promptTokens',
  answer: 'answerTokens',
  passes: 'scoringPasses',
} as const

/** `pincer train --rl`: rollouts, scoring and updates. */
export function reinforceAction(train: TrainingInput, options: TrainOptions, io: Io): void {
  if (options.tokens !== undefined) throw invalid('tokens', 'follow from the answers of --rl: leave them out')
  const input = { train, rollout: rolloutInput(options, io.cwd), ...counts(options.rl ?? '') }
  const run = reinforce(input)
  if ('unknown' in run) throw new PincerError({ code: 'unsupported', path: ['chip'], message: run.unknown })
  if (options.json === true) writeJson({ schema: 'pincer.reinforcement.v1', ...run }, io)
  else reinforcePage(run, input, new Page(io), io).write()
}

type Counts = Omit<ReinforceInput, 'train' | 'rollout'>

function counts(text: string): Counts {
  const found: Record<string, number> = {}
  for (const pair of text.split(',')) {
    const [name = '', value = ''] = pair.split('=').map((part) => part.trim())
    if (!Object.hasOwn(FIELDS, name))
      throw invalid('rl', `"${pair.slice(0, 40)}" is none of ${Object.keys(FIELDS).join(', ')}`)
    const field = FIELDS[name as keyof typeof FIELDS]
    if (field in found) throw invalid('rl', `${name} stands twice`)
    found[field] = parseNumber(value, ['rl', name])
  }
  for (const [name, field] of Object.entries(FIELDS)) {
    if (field in found || field === 'scoringPasses') continue
    throw new PincerError({ code: 'missing_field', path: ['rl', name], message: 'is required' })
  }
  return found as unknown as Counts
}

function rolloutInput({ rollout, model, chip, precision }: TrainOptions, cwd: string): ReinforceInput['rollout'] {
  if (rollout === undefined) return { model, chip, ...(precision === undefined ? {} : { precision }) }
  const file = readJson(rollout, cwd)
  if (typeof file === 'object' && file !== null && !Array.isArray(file)) return file as ReinforceInput['rollout']
  throw invalid('rollout', 'must hold a scenario')
}

function invalid(field: string, message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message })
}
