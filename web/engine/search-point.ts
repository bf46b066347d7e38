import type { SearchPlan, SearchPoint, SearchQuestion } from '../../src/index.ts'

type Deployment = SearchPoint['deployment']

/** A configuration as a link names it: `b300-sxm/fp4/trtllm/tp8/64`, or `groq-lpu-v1/x576/8` on machines that are laid out by themselves. */
export function pointId(chip: string, { precision, engine, mapping, machines }: Deployment, clients: number): string {
  const format = precision === undefined ? [] : [precision]
  const replica = machines === undefined ? [engine ?? '', degreesOf(mapping)] : [`x${machines}`]
  return [chip, ...format, ...replica, clients].join('/')
}

const DEGREES = ['tp', 'pp', 'dp', 'moeTp', 'moeEp'] as const
const FLAGS: Readonly<Record<(typeof DEGREES)[number], string>> = {
  tp: 'tp',
  pp: 'pp',
  dp: 'dp',
  moeTp: 'moe-tp',
  moeEp: 'moe-ep',
}

function degreesOf(mapping: Deployment['mapping']): string {
  const named = DEGREES.flatMap((degree) => {
    const ranks = mapping?.[degree]
    return ranks === undefined ? [] : [`${degree}${ranks}`]
  })
  return named.length === 0 ? 'tp1' : named.join('.')
}

/** "tp 4 · dp 2 · ep 8": how a replica is divided; empty on SRAM machines. */
export function mappingText({ mapping, engine }: Deployment): string {
  if (engine === undefined) return ''
  const { tp = 1, pp = 1, dp = 1, moeEp = 1 } = mapping ?? {}
  const degrees = [['tp', tp] as const, ['pp', pp] as const, ['dp', dp] as const, ['ep', moeEp] as const]
  return degrees
    .filter(([name, ranks]) => ranks > 1 || (name === 'tp' && dp === 1))
    .map(([name, ranks]) => `${name} ${ranks}`)
    .join(' · ')
}

/** The command that predicts one configuration of a search. */
export function predictCommand(
  question: SearchQuestion,
  { chip, deployment, clients }: { readonly chip: string; readonly deployment: Deployment; readonly clients: number },
  { isl, osl }: SearchPlan['workload'],
): string {
  const { machines, precision, engine, mapping } = deployment
  const price = question.prices?.[chip]
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['model', typeof question.model === 'string' ? question.model : undefined],
    ['chip', chip],
    ['chips', machines],
    ['precision', precision],
    ['engine', engine],
    ...DEGREES.map((degree) => [FLAGS[degree], mapping?.[degree]] as const),
    ['workload', `${isl}/${osl}@${clients}`],
    ['price', price],
  ]
  return [
    'pincer predict',
    ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`])),
  ].join(' ')
}
