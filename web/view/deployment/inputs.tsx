import { useComputed } from '@preact/signals'
import { FORMATS, formatUnit, isKnown } from '../../../src/index.ts'
import { AddOwn, ChipSelect, ModelSelect } from '../../part/named-select.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { Select } from '../../part/select.tsx'
import { Slider } from '../../part/slider.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import { answer, isFailed } from './asked.ts'
import {
  AS_PUBLISHED,
  CHIPS,
  CLIENTS,
  DEGREE,
  DEGREES,
  type DeploymentState,
  ENGINES,
  ENGINE_NAMES,
  LENGTH,
  PRICE,
  SPEED,
  isSram,
  type schema,
} from './schema.ts'
import { text } from './text.ts'

export type State = ViewState<typeof schema>

interface Props {
  readonly state: State
}

/** Everything that this view asks of a deployment. */
export function Inputs({ state }: Props) {
  const t = text.value.inputs
  return (
    <Panel class="inputs" summary={t.change} title={t.title}>
      <fieldset>
        <Model state={state} />
        <Chip state={state} />
        <AddOwn />
        <div class="pair">
          <Chips state={state} />
          <Price state={state} />
        </div>
      </fieldset>
      <fieldset>
        <legend>{t.load}</legend>
        <Clients state={state} />
        <Speed state={state} />
        <Length state={state} name="isl" />
        <Length state={state} name="osl" />
      </fieldset>
      <fieldset>
        <div class="pair">
          <Format state={state} name="precision" />
          <Format state={state} name="cache" />
        </div>
        <Engine state={state} />
        <MappingInputs state={state} />
      </fieldset>
      <Reset state={state} />
    </Panel>
  )
}

function Model({ state }: Props) {
  const t = text.value.inputs
  const value = useField(state, 'model')
  return <ModelSelect label={t.model} value={value} groups={t} onChange={(model) => state.set({ model })} />
}

// Degrees of one machine are none of another.
function Chip({ state }: Props) {
  const t = text.value.inputs
  const value = useField(state, 'chip')
  const choose = (chip: string): void =>
    state.set(isSram(chip) === isSram(value) ? { chip } : { chip, chips: undefined, mapping: undefined })
  return <ChipSelect label={t.chip} value={value} groups={t} onChange={choose} />
}

function Chips({ state }: Props) {
  const t = text.value.inputs
  const chip = useField(state, 'chip')
  const chosen = useComputed(() => answer.value?.step.prediction.chips)
  const usual = isSram(chip) ? t.smallest : t.node
  return (
    <NumberInput
      label={t.chips}
      unit=""
      limits={CHIPS}
      value={useField(state, 'chips')}
      placeholder={chosen.value === undefined ? usual : String(chosen.value)}
      onChange={(chips) => state.set({ chips, mapping: undefined })}
    />
  )
}

function Price({ state }: Props) {
  const t = text.value.inputs
  const listed = useComputed(() => {
    const hour = answer.value?.step.prediction.cost.chipHour
    return hour !== undefined && isKnown(hour) ? formatUnit(hour.value, 'USD').slice(1) : t.catalog
  })
  return (
    <NumberInput
      label={t.price}
      unit={t.priceUnit}
      limits={PRICE}
      value={useField(state, 'price')}
      placeholder={listed.value}
      onChange={(price) => state.set({ price })}
    />
  )
}

// Clients and speed are two ends of one thing: the one that was moved last holds, the other follows.
function Clients({ state }: Props) {
  const t = text.value.inputs
  const value = useComputed(() => {
    const { speed, clients } = state.value.value
    return speed === undefined ? clients : (answer.value?.step.prediction.workload.concurrency ?? clients)
  })
  return (
    <Slider
      label={t.clients}
      unit={t.clientUnit}
      limits={CLIENTS}
      isLog
      value={value.value}
      onChange={(clients) => state.set({ clients, speed: undefined })}
    />
  )
}

function Speed({ state }: Props) {
  const t = text.value.inputs
  const value = useComputed(() => {
    const { speed } = state.value.value
    if (speed !== undefined) return speed
    const found = answer.value?.step.prediction.throughput.perUser.value
    // Of a question without an answer there is no speed.
    if (found === undefined || isFailed.value) return undefined
    return Number(Math.min(SPEED.to, Math.max(SPEED.from, found)).toPrecision(3))
  })
  return (
    <Slider
      label={t.speed}
      unit={t.speedUnit}
      limits={SPEED}
      isLog
      value={value.value}
      onChange={(speed) => state.set({ speed })}
    />
  )
}

function Length({ state, name }: Props & { readonly name: 'isl' | 'osl' }) {
  const t = text.value.inputs
  const choose = (next: number): void => state.set({ [name]: next })
  return (
    <Slider label={t[name]} unit={t.tokens} limits={LENGTH} isLog value={useField(state, name)} onChange={choose} />
  )
}

function Format({ state, name }: Props & { readonly name: 'precision' | 'cache' }) {
  const t = text.value.inputs
  const formats = FORMATS.map((id) => ({ id: id as string, label: id.toUpperCase() }))
  const choices = name === 'cache' ? formats : [{ id: AS_PUBLISHED, label: t.asPublished }, ...formats]
  const choose = (next: string): void => state.set({ [name]: next })
  return <Select label={t[name]} value={useField(state, name)} choices={choices} onChange={choose} />
}

function Engine({ state }: Props) {
  const chip = useField(state, 'chip')
  const value = useField(state, 'engine')
  if (isSram(chip)) return null
  const choices = ENGINES.map((id) => ({ id, label: ENGINE_NAMES[id] ?? id }))
  return (
    <Select
      label={text.value.inputs.engine}
      value={value}
      choices={choices}
      onChange={(engine) => state.set({ engine })}
    />
  )
}

/** The mapping is chosen, or given degree by degree. */
function MappingInputs({ state }: Props) {
  const t = text.value.inputs
  const mapping = useField(state, 'mapping')
  if (isSram(useField(state, 'chip'))) return null
  const choose = (how: string): void => {
    if (how === 'chosen') state.set({ mapping: undefined })
    else state.set({ mapping: { tp: answer.peek()?.shape.mapping.tp ?? 1 }, chips: undefined })
  }
  return (
    <>
      <Select
        label={t.mapping}
        value={mapping === undefined ? 'chosen' : 'given'}
        choices={[
          { id: 'chosen', label: t.chosen },
          { id: 'given', label: t.given },
        ]}
        onChange={choose}
      />
      {mapping !== undefined && (
        <div class="pair degrees">
          {DEGREES.map((degree) => (
            <NumberInput
              key={degree}
              label={t.degree[degree]}
              unit=""
              limits={DEGREE}
              value={mapping[degree]}
              placeholder={degree.startsWith('moe') ? t.follows : '1'}
              onChange={(value) => state.set({ mapping: withDegree(mapping, degree, value) })}
            />
          ))}
        </div>
      )}
    </>
  )
}

function withDegree(
  mapping: NonNullable<DeploymentState['mapping']>,
  degree: (typeof DEGREES)[number],
  value: number | undefined,
): DeploymentState['mapping'] {
  const { [degree]: _old, ...rest } = mapping
  const next = value === undefined ? rest : { ...rest, [degree]: value }
  return Object.keys(next).length === 0 ? { tp: 1 } : next
}

function Reset({ state }: Props) {
  return (
    <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
      {text.value.inputs.reset}
    </button>
  )
}
