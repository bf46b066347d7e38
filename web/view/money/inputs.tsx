import type { ComponentChildren } from 'preact'
import { FORMATS, METRICS, OWNERS } from '../../../src/index.ts'
import { AddOwn, ChipSelect, ModelSelect } from '../../part/named-select.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { type Choice, Select } from '../../part/select.tsx'
import type { ViewState } from '../../state/view-state.ts'
import type { NumberLimits } from '../../state/field.ts'
import type { Axis } from './field.ts'
import {
  API,
  BASES,
  CLIENTS,
  COUNT,
  LENGTH,
  type MoneyState,
  PRICE,
  RENT,
  SAMPLES,
  VARIED,
  YEARS,
  schema,
} from './schema.ts'
import { text } from './text.ts'
import { inputName, ruleOf } from './two.tsx'

interface Props {
  readonly state: ViewState<typeof schema>
}

/** What the part of the view that is shown is asked with. */
export function Inputs({ state }: Props) {
  const t = text.value.inputs
  const { part } = state.value.value
  return (
    <Panel class="inputs" summary={t.change} title={t.title}>
      {part === 'hour' && <HourInputs state={state} />}
      {part === 'market' && <MarketInputs state={state} />}
      {(part === 'two' || part === 'map' || part === 'ways') && <SideInputs state={state} />}
      <button type="button" onClick={() => state.set(resetOf())} disabled={state.isDefault.value}>
        {t.reset}
      </button>
    </Panel>
  )
}

// The part stays; all else goes back.
function resetOf(): Partial<MoneyState> {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, field]) => (name === 'part' ? [] : [[name, field.default]])),
  ) as Partial<MoneyState>
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      {children}
    </fieldset>
  )
}

function choicesOf(ids: readonly string[], names: Readonly<Record<string, string>>): Choice[] {
  return ids.map((id) => ({ id, label: names[id] ?? id }))
}

function HourInputs({ state }: Props) {
  const t = text.value.inputs
  const { chip, owner } = state.value.value
  return (
    <Group title={t.machine}>
      <ChipSelect label={t.machine} value={chip} groups="all" onChange={(id) => state.set({ chip: id })} />
      <Select
        label={t.owner}
        value={owner}
        choices={choicesOf(OWNERS, t.owners)}
        onChange={(id) => state.set({ owner: id })}
      />
    </Group>
  )
}

function MarketInputs({ state }: Props) {
  const t = text.value.inputs
  const { point } = state.value.value
  return (
    <Group title={text.value.parts['market'] ?? ''}>
      <Select
        label={t.point}
        value={point}
        choices={choicesOf(['cheapest', 'fast'], t.points)}
        onChange={(id) => state.set({ point: id })}
      />
      <Whole state={state} name="years" label={t.years} unit={t.yearsUnit} limits={YEARS} />
    </Group>
  )
}

interface WholeProps extends Props {
  readonly name: 'isl' | 'osl' | 'clients' | 'aChips' | 'bChips' | 'apiIn' | 'apiOut' | 'rent' | 'years'
  readonly label: string
  readonly unit: string
  readonly limits: NumberLimits
}

function Whole({ state, name, label, unit, limits }: WholeProps) {
  return (
    <NumberInput
      label={label}
      unit={unit}
      limits={limits}
      value={state.value.value[name]}
      onChange={(next) => next !== undefined && state.set({ [name]: next })}
    />
  )
}

function SideInputs({ state }: Props) {
  const t = text.value.inputs
  const { part, model, precision } = state.value.value
  return (
    <>
      {part === 'map' && <AxisInputs state={state} />}
      <SideA state={state} />
      {part !== 'ways' && <SideB state={state} />}
      {part === 'ways' && (
        <Group title={t.api}>
          <ApiPrices state={state} />
          <Whole state={state} name="rent" label={t.rent} unit={t.rentUnit} limits={RENT} />
        </Group>
      )}
      <Group title={t.load}>
        <ModelSelect
          label={t.model}
          value={model}
          groups={t}
          first="dense"
          onChange={(id) => state.set({ model: id })}
        />
        <AddOwn />
        <Select
          label={t.precision}
          value={precision}
          choices={FORMATS.map((id) => ({ id, label: id.toUpperCase() }))}
          onChange={(id) => state.set({ precision: id })}
        />
        <Whole state={state} name="isl" label={t.isl} unit={t.tokens} limits={LENGTH} />
        <Whole state={state} name="osl" label={t.osl} unit={t.tokens} limits={LENGTH} />
        <Whole state={state} name="clients" label={t.clients} unit={t.clientsUnit} limits={CLIENTS} />
        {part === 'two' && (
          <Select
            label={t.samples}
            value={state.value.value.samples}
            choices={SAMPLES.map((id) => ({ id, label: Number(id).toLocaleString('en-US') }))}
            onChange={(id) => state.set({ samples: id })}
          />
        )}
      </Group>
    </>
  )
}

function SideA({ state }: Props) {
  const t = text.value.inputs
  const { part, a, aHour } = state.value.value
  return (
    <Group title={part === 'ways' ? t.deployment : t.side('A')}>
      <ChipSelect label={t.machine} value={a} groups="all" onChange={(id) => state.set({ a: id })} />
      <Whole state={state} name="aChips" label={t.chips} unit={t.chipsUnit} limits={COUNT} />
      {part !== 'ways' && (
        <Select
          label={t.hour}
          value={aHour}
          choices={choicesOf(BASES, t.bases)}
          onChange={(id) => state.set({ aHour: id })}
        />
      )}
    </Group>
  )
}

function SideB({ state }: Props) {
  const t = text.value.inputs
  const { b, bHour } = state.value.value
  return (
    <Group title={t.side('B')}>
      <ChipSelect
        label={t.machine}
        value={b}
        groups="all"
        other={{ id: API, label: t.api }}
        onChange={(id) => state.set({ b: id })}
      />
      {b === API ? (
        <ApiPrices state={state} />
      ) : (
        <>
          <Whole state={state} name="bChips" label={t.chips} unit={t.chipsUnit} limits={COUNT} />
          <Select
            label={t.hour}
            value={bHour}
            choices={choicesOf(BASES, t.bases)}
            onChange={(id) => state.set({ bHour: id })}
          />
        </>
      )}
    </Group>
  )
}

function ApiPrices({ state }: Props) {
  const t = text.value.inputs
  return (
    <>
      <Whole state={state} name="apiIn" label={t.apiIn} unit={t.apiUnit} limits={PRICE} />
      <Whole state={state} name="apiOut" label={t.apiOut} unit={t.apiUnit} limits={PRICE} />
    </>
  )
}

function AxisInputs({ state }: Props) {
  const t = text.value.inputs
  const { x, y, metric } = state.value.value
  return (
    <Group title={text.value.parts['map'] ?? ''}>
      <AxisInput label={t.x} axis={x} onChange={(next) => next !== undefined && state.set({ x: next })} />
      <AxisInput label={t.y} axis={y} none={t.none} onChange={(next) => state.set({ y: next })} />
      <Select
        label={t.metric}
        value={metric}
        choices={choicesOf(Object.keys(METRICS), t.metrics)}
        onChange={(id) => state.set({ metric: id })}
      />
    </Group>
  )
}

interface AxisInputProps {
  readonly label: string
  readonly axis: Axis | undefined
  readonly none?: string
  readonly onChange: (axis: Axis | undefined) => void
}

/** A parameter, and from where to where it is scanned. */
function AxisInput({ label, axis, none, onChange }: AxisInputProps) {
  const choose = (name: string): void => {
    if (name === '') return onChange(undefined)
    const [from, to] = ruleOf(name).range
    onChange({ name, from, to })
  }
  const names = VARIED.map((id) => ({ id, label: inputName(id) }))
  const end = (name: 'from' | 'to') =>
    axis === undefined ? null : (
      <NumberInput
        label={text.value.range[name](inputName(axis.name))}
        unit=""
        limits={{ from: name === 'from' ? -1e15 : axis.from, to: name === 'from' ? axis.to : 1e15 }}
        value={axis[name]}
        onChange={(next) => next !== undefined && onChange({ ...axis, [name]: next })}
      />
    )
  return (
    <>
      <Select
        label={label}
        value={axis?.name ?? ''}
        choices={none === undefined ? names : [{ id: '', label: none }, ...names]}
        onChange={choose}
      />
      <div class="pair">
        {end('from')}
        {end('to')}
      </div>
    </>
  )
}
