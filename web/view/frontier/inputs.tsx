import { formatCount } from '../../../src/index.ts'
import { Checks } from '../../part/checks.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { Select } from '../../part/select.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import { chipName, engineId, listedChips } from '../../state/own.ts'
import { AddOwn, ModelSelect } from '../../part/named-select.tsx'
import type { FrontierAnswer } from './answer.ts'
import { worthOf } from './plot.ts'
import { ENGINE_CHOICES, LENGTH, MOST_CHIPS, PRICE, SPEED, TTFT, type schema } from './schema.ts'
import { text } from './text.ts'

type State = ViewState<typeof schema>

/** What `pincer search` is asked. */
export function Inputs({ state, answer }: { state: State; answer: FrontierAnswer | undefined }) {
  const t = text.value.inputs
  const { set } = state
  const [model, engine] = [useField(state, 'model'), useField(state, 'engine')]
  const [isl, osl] = [useField(state, 'isl'), useField(state, 'osl')]
  return (
    <Panel class="panel" summary={t.change} title={t.title}>
      <fieldset>
        <ModelSelect label={t.model} value={model} groups={t} onChange={(id) => set({ model: id, pins: [] })} />
        <div class="pair">
          <NumberInput
            label={t.isl}
            unit={t.tokens}
            limits={LENGTH}
            value={isl}
            onChange={(next) => set({ isl: next ?? isl })}
          />
          <NumberInput
            label={t.osl}
            unit={t.tokens}
            limits={LENGTH}
            value={osl}
            onChange={(next) => set({ osl: next ?? osl })}
          />
        </div>
        <Select
          label={t.engine}
          value={engine}
          choices={ENGINE_CHOICES.map((id) => ({ id, label: id === 'any' ? t.anyEngine : id }))}
          onChange={(id) => set({ engine: id })}
        />
      </fieldset>
      <Goal state={state} />
      <Machines state={state} />
      <Prices state={state} answer={answer} />
      <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
        {t.reset}
      </button>
    </Panel>
  )
}

function Goal({ state }: { state: State }) {
  const t = text.value.inputs
  const [speed, ttft] = [useField(state, 'speed'), useField(state, 'ttft')]
  return (
    <fieldset>
      <legend>{t.goal}</legend>
      <NumberInput
        label={t.speed}
        unit={t.speedUnit}
        limits={SPEED}
        value={speed}
        placeholder={t.none}
        onChange={(next) => state.set({ speed: next })}
      />
      <NumberInput
        label={t.ttft}
        unit={t.ms}
        limits={TTFT}
        value={ttft}
        placeholder={t.none}
        onChange={(next) => state.set({ ttft: next })}
      />
    </fieldset>
  )
}

function Machines({ state }: { state: State }) {
  const t = text.value.inputs
  const chips = useField(state, 'chips')
  const listed = (kind: 'hbm' | 'sram'): { id: string; label: string }[] =>
    listedChips(kind).map(({ id, name }) => ({ id, label: name }))
  // The order of the list is the order of the question: the same choice is the same question.
  const change = (next: readonly string[]): void =>
    state.set({
      chips: [...listedChips('hbm'), ...listedChips('sram')].flatMap(({ id }) => (next.includes(id) ? [id] : [])),
    })
  const isFull = chips.length >= MOST_CHIPS
  return (
    <fieldset>
      <legend>
        {t.machines} <small>{t.chosen(formatCount(chips.length), formatCount(MOST_CHIPS))}</small>
      </legend>
      <Checks label={t.gpu} choices={listed('hbm')} values={chips} isFull={isFull} onChange={change} />
      <Checks label={t.sram} choices={listed('sram')} values={chips} isFull={isFull} onChange={change} />
      <AddOwn />
    </fieldset>
  )
}

/** An empty field means the catalog's price, which it shows. */
function Prices({ state, answer }: { state: State; answer: FrontierAnswer | undefined }) {
  const t = text.value.inputs
  const [chips, prices] = [useField(state, 'chips'), useField(state, 'prices')]
  const change = (chip: string, price: number | undefined): void => {
    const next = new Map(prices)
    if (price === undefined) next.delete(chip)
    else next.set(chip, price)
    state.set({ prices: next })
  }
  return (
    <fieldset>
      <details open={prices.size > 0}>
        <summary>{t.prices}</summary>
        <div class="fields">
          {chips.map((chip) => (
            <NumberInput
              key={chip}
              label={chipName(chip)}
              unit={t.priceUnit}
              limits={PRICE}
              value={prices.get(chip)}
              placeholder={priceIn(answer, chip) ?? t.catalog}
              onChange={(price) => change(chip, price)}
            />
          ))}
        </div>
      </details>
    </fieldset>
  )
}

// The price that a machine's cost and throughput imply; its evidence is that of the cost.
function priceIn(answer: FrontierAnswer | undefined, chip: string): string | undefined {
  const at = answer?.outline.chips.findIndex(({ id }) => id === engineId(chip)) ?? -1
  const point = answer?.machines[at]?.part.frontier[0]
  if (point === undefined) return undefined
  const [cost, perChip] = [worthOf(point, 'cost'), worthOf(point, 'chip')]
  return cost === undefined || perChip === undefined ? undefined : ((cost * perChip * 3600) / 1e6).toFixed(2)
}
