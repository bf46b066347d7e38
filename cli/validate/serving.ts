import { type LoadPrediction, deploymentQuestion, parseScenario, prepareScenario } from '../../src/index.ts'
import { labelCell, textCell } from './cell.ts'
import { type ModelFinder, type Predictions, type RowInputs, type RowKind, cellLabel } from './row-kind.ts'

const DEGREE_COLUMNS = ['tp', 'pp', 'dp_attention', 'moe_tp', 'moe_ep']
const poolColumns = (pool: string): string[] => ['workers', ...DEGREE_COLUMNS].map((column) => `${pool}_${column}`)

const DRAFTED: ReadonlySet<string> = new Set(['on', 'likely-on'])
const NOT_DRAFTED: ReadonlySet<string> = new Set(['off', 'likely-off'])

/** Measured deployments: one engine serving one load, taken to be made by the InferenceX harness (see `deploymentQuestion`). */
export const SERVING: RowKind = {
  name: 'serving',
  required: ['id', 'model', 'chip', 'precision', 'engine', 'isl', 'osl', 'concurrency'],
  inputs: [
    'id',
    'model',
    'chip',
    'precision',
    'engine',
    'mode',
    'isl',
    'osl',
    'concurrency',
    'spec_decode',
    'engine_version',
    ...DEGREE_COLUMNS,
    ...['prefill', 'decode'].flatMap(poolColumns),
  ],
  metrics: [
    { name: 'ttft', column: 'ttft_ms', title: 'TTFT' },
    { name: 'tpot', column: 'tpot_ms', title: 'TPOT' },
  ],
  groups: {
    chip: cellLabel('chip'),
    model: cellLabel('model'),
    engine: cellLabel('engine'),
    mode: cellLabel('mode'),
    spec_decode: cellLabel('spec_decode'),
    mode_spec: (inputs) => `${inputs.get('mode') ?? 'aggregated'}, drafts ${draftLabel(inputs)}`,
  },
  predict: (inputs, models) => latencies(servingQuestion(inputs, models)),
  outColumns: ['ttft_ms', 'ttft_lo', 'ttft_hi', 'tpot_ms', 'tpot_lo', 'tpot_hi'],
  outCells: ({ ttft, tpot }) => [ttft?.value, ttft?.lo, ttft?.hi, tpot?.value, tpot?.lo, tpot?.hi],
}

function draftLabel(inputs: RowInputs): string {
  const text = inputs.get('spec_decode') ?? 'off'
  if (DRAFTED.has(text)) return 'on or likely'
  return NOT_DRAFTED.has(text) ? 'off or likely' : 'unknown'
}

/** The same, predicted with constants calibrated by measurements of one's own. */
export function calibratedServing(calibration: object): RowKind {
  return {
    ...SERVING,
    predict: (inputs, models) => latencies({ ...servingQuestion(inputs, models), calibration }),
  }
}

/**
 * The scenario that a row asks of; a config the user gave stands in for the catalog's model.
 * @throws PincerError for labels that are blank or unknown
 */
export function servingQuestion(inputs: RowInputs, models: ModelFinder): Readonly<Record<string, unknown>> {
  labelCell(inputs, 'mode', ['aggregated', 'disaggregated'])
  labelCell(inputs, 'spec_decode', [...DRAFTED, ...NOT_DRAFTED, 'unknown'])
  const { scenario } = deploymentQuestion(Object.fromEntries(inputs))
  const drafts = inputs.get('spec_decode') === 'unknown' ? { isDraftingUnknown: true } : {}
  return { ...scenario, ...drafts, model: models(textCell(inputs, 'model')) }
}

// What `predict` says of them, without where time, memory and money go.
function latencies(question: Readonly<Record<string, unknown>>): Predictions {
  const scenario = parseScenario(question)
  const { ttft, tpot } = prepareScenario(scenario).load(scenario.workload.concurrency)
  return { ttft: milliseconds(ttft), tpot: milliseconds(tpot) }
}

function milliseconds({ value, lo, hi, inner }: LoadPrediction['ttft']): Predictions[string] {
  return { value: value * 1e3, lo: lo * 1e3, hi: hi * 1e3, inner: { lo: inner.lo * 1e3, hi: inner.hi * 1e3 } }
}
