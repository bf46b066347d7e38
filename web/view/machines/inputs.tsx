import { FORMATS, formatUnit, isKnown } from '../../../src/index.ts'
import { AddOwn, ChipSelect, ModelSelect } from '../../part/named-select.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { type Choice, Select } from '../../part/select.tsx'
import { Slider } from '../../part/slider.tsx'
import type { ViewState } from '../../state/view-state.ts'
import { chipName, engineId } from '../../state/own.ts'
import { fits } from './asked.ts'
import {
  CONTEXT,
  HOSTS,
  MOST_DRAWN,
  PREFETCH,
  PRICE,
  ROUTINGS,
  STORED,
  TIER_CHIPS,
  USERS,
  USUAL,
  type schema,
} from './schema.ts'
import { text } from './text.ts'

interface Props {
  readonly state: ViewState<typeof schema>
}

const FORMAT_CHOICES: readonly Choice[] = FORMATS.map((id) => ({ id, label: id.toUpperCase() }))

/** What must be held, and which machines are drawn. */
export function Inputs({ state }: Props) {
  const t = text.value.inputs
  const { model, precision, cache, context, users } = state.value.value
  return (
    <Panel class="inputs" summary={t.change} title={t.title}>
      <fieldset>
        <legend>{t.model}</legend>
        <ModelSelect label={t.model} value={model} groups={t} onChange={(id) => state.set({ model: id })} />
        <AddOwn />
        <Select
          label={t.precision}
          value={precision}
          choices={[...FORMAT_CHOICES, { id: STORED, label: t.stored }]}
          onChange={(id) => state.set({ precision: id })}
        />
      </fieldset>
      <fieldset>
        <legend>{t.hold}</legend>
        <Slider
          label={t.users}
          unit={t.usersUnit}
          limits={USERS}
          isLog
          value={users}
          onChange={(next) => state.set({ users: next })}
        />
        <NumberInput
          label={t.context}
          unit={t.tokens}
          limits={CONTEXT}
          value={context}
          onChange={(next) => next !== undefined && state.set({ context: next })}
        />
        <Select label={t.cache} value={cache} choices={FORMAT_CHOICES} onChange={(id) => state.set({ cache: id })} />
      </fieldset>
      <fieldset>
        <legend>{t.drawn}</legend>
        <DrawnMachines state={state} />
      </fieldset>
      <fieldset>
        <legend>{t.machine}</legend>
        <ChipSelect
          label={t.machine}
          value={state.value.value.machine}
          groups="all"
          onChange={(id) => state.set({ machine: id })}
        />
        <MachinePrice state={state} />
      </fieldset>
      <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
        {t.reset}
      </button>
    </Panel>
  )
}

/** One list for each machine that is drawn, and one more to add another. */
function DrawnMachines({ state }: Props) {
  const t = text.value.inputs
  const { drawn } = state.value.value
  const change = (at: number, id: string): void => {
    const next = drawn.toSpliced(at, 1, ...(id === '' ? [] : [id]))
    if (next.length > 0) state.set({ drawn: [...new Set(next)] })
  }
  return (
    <>
      {Array.from({ length: Math.min(drawn.length + 1, MOST_DRAWN) }, (_, at) => (
        <ChipSelect
          key={at}
          label={at < drawn.length ? `${t.drawn} ${at + 1}` : t.another}
          value={drawn[at] ?? ''}
          groups="all"
          other={at === 0 && drawn.length === 1 ? undefined : { id: '', label: t.none }}
          onChange={(id) => change(at, id)}
        />
      ))}
    </>
  )
}

/** $ per hour of the machine in detail; an empty field means the catalog's. */
function MachinePrice({ state }: Props) {
  const t = text.value.inputs
  const { machine, prices } = state.value.value
  const row = fits.standing.value.answer?.fits.rows.find(({ chip }) => chip.id === engineId(machine))
  const hour = row?.status === 'fits' ? row.prediction.cost.chipHour : undefined
  const change = (price: number | undefined): void => {
    const next = new Map(prices)
    if (price === undefined) next.delete(machine)
    else next.set(machine, price)
    state.set({ prices: next })
  }
  return (
    <NumberInput
      key={machine}
      label={`${t.price}: ${chipName(machine)}`}
      unit={t.priceUnit}
      limits={PRICE}
      value={prices.get(machine)}
      placeholder={hour !== undefined && isKnown(hour) ? formatUnit(hour.value, 'USD').slice(1) : ''}
      onChange={change}
    />
  )
}

/** What the two memories are, and how experts are used and fetched. */
export function TierInputs({ state }: Props) {
  const t = text.value.tiers
  const { fast, fastChips, host, routing, prefetch, tierUsers, tierContext } = state.value.value
  const whole = (name: 'fastChips' | 'tierUsers' | 'tierContext') => (next: number | undefined) => {
    if (next !== undefined) state.set({ [name]: next })
  }
  const choices = (ids: readonly string[], names: Readonly<Record<string, string>>): Choice[] =>
    ids.map((id) => ({ id, label: names[id] ?? id }))
  return (
    <form class="tier-inputs" onSubmit={(event) => event.preventDefault()} aria-label={t.title}>
      <ChipSelect label={t.fast} value={fast} groups="all" onChange={(id) => state.set({ fast: id })} />
      <NumberInput
        label={t.chips}
        unit={t.chipsUnit}
        limits={TIER_CHIPS}
        value={fastChips}
        onChange={whole('fastChips')}
      />
      <Select
        label={t.host}
        value={host}
        choices={choices([USUAL, ...HOSTS], t.hosts)}
        onChange={(id) => state.set({ host: id })}
      />
      <Select
        label={t.routing}
        value={routing}
        choices={choices(ROUTINGS, t.routings)}
        onChange={(id) => state.set({ routing: id })}
      />
      <Select
        label={t.prefetch}
        value={prefetch}
        choices={choices(PREFETCH, t.prefetches)}
        onChange={(id) => state.set({ prefetch: id })}
      />
      <NumberInput
        label={t.users}
        unit={text.value.inputs.usersUnit}
        limits={USERS}
        value={tierUsers}
        onChange={whole('tierUsers')}
      />
      <NumberInput
        label={t.context}
        unit={text.value.inputs.tokens}
        limits={CONTEXT}
        value={tierContext}
        onChange={whole('tierContext')}
      />
    </form>
  )
}
