import { FORMATS, formatUnit, isKnown } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { NumberInput } from '../../part/number-input.tsx'
import { type Choice, Select } from '../../part/select.tsx'
import { Slider } from '../../part/slider.tsx'
import type { ViewState } from '../../state/view-state.ts'
import {
  GPUS,
  LENGTH,
  MODELS,
  MOST_SRAM,
  PRICE,
  SPEED,
  SRAM_MACHINES,
  TOKENS,
  chipName,
  type schema,
} from './schema.ts'
import { text } from './text.ts'

type State = ViewState<typeof schema>

/** All models, the likely ones first. */
function models(isSparse: boolean): Choice[] {
  const t = text.value.square
  return MODELS.toSorted((a, b) => Number(b.isSparse === isSparse) - Number(a.isSparse === isSparse)).map((model) => ({
    id: model.id,
    label: model.name,
    group: model.isSparse ? t.sparse : t.dense,
  }))
}

const choices = (names: readonly { readonly id: string; readonly name: string }[]): { id: string; label: string }[] =>
  names.map(({ id, name }) => ({ id, label: name }))

/** Everything that `pincer compare` takes of the catalog. */
export function Inputs({ state, answer }: { state: State; answer: PincerAnswer }) {
  const t = text.value.inputs
  const { value, set } = state
  const { dense, sparse, gpu, tokens } = value.value
  const isSmall = matchMedia('(max-width: 70rem)').matches
  return (
    <details class="inputs" open={!isSmall}>
      <summary>{t.change}</summary>
      <form onSubmit={(event) => event.preventDefault()} aria-label={t.title}>
        <fieldset>
          <legend>{t.models}</legend>
          <Select label={t.dense} value={dense} choices={models(false)} onChange={(id) => set({ dense: id })} />
          <Select label={t.sparse} value={sparse} choices={models(true)} onChange={(id) => set({ sparse: id })} />
        </fieldset>
        <fieldset>
          <legend>{t.machines}</legend>
          <Select label={t.gpu} value={gpu} choices={choices(GPUS)} onChange={(id) => set({ gpu: id })} />
          <SramMachines state={state} />
        </fieldset>
        <Load state={state} />
        <Prices state={state} answer={answer} />
        <fieldset>
          <legend>{t.training}</legend>
          <NumberInput
            label={t.trainingTokens}
            unit={t.tokens}
            limits={TOKENS}
            value={tokens}
            onChange={(next) => set({ tokens: next ?? tokens })}
          />
        </fieldset>
        <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
          {t.reset}
        </button>
      </form>
    </details>
  )
}

/** Lengths, speed and format. */
function Load({ state }: { state: State }) {
  const t = text.value.inputs
  const { value, set } = state
  const { isl, osl, speed, precision } = value.value
  return (
    <fieldset>
      <legend>{t.load}</legend>
      <Slider
        label={t.speed}
        unit={t.speedUnit}
        limits={SPEED}
        isLog
        value={speed}
        onChange={(next) => set({ speed: next })}
      />
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
        label={t.precision}
        value={precision}
        choices={FORMATS.map((id) => ({ id, label: id.toUpperCase() }))}
        onChange={(id) => set({ precision: id })}
      />
    </fieldset>
  )
}

/** One list for each machine chosen, and one more to add another. */
function SramMachines({ state }: { state: State }) {
  const t = text.value.inputs
  const { sram } = state.value.value
  const change = (at: number, id: string): void => {
    const next = sram.toSpliced(at, 1, ...(id === '' ? [] : [id]))
    if (next.length > 0) state.set({ sram: [...new Set(next)] })
  }
  const places = Math.min(sram.length + 1, MOST_SRAM)
  return (
    <>
      {Array.from({ length: places }, (_, at) => (
        <Select
          key={at}
          label={at === 0 ? t.sram : t.sramMore}
          value={sram[at] ?? ''}
          choices={[...(at === 0 ? [] : [{ id: '', label: t.none }]), ...choices(SRAM_MACHINES)]}
          onChange={(id) => change(at, id)}
        />
      ))}
    </>
  )
}

/** Prices of the machines on the page; an empty field means the catalog's, which it shows. */
function Prices({ state, answer }: { state: State; answer: PincerAnswer }) {
  const t = text.value.inputs
  const { gpu, sram, prices } = state.value.value
  const change = (chip: string, price: number | undefined): void => {
    const next = new Map(prices)
    if (price === undefined) next.delete(chip)
    else next.set(chip, price)
    state.set({ prices: next })
  }
  return (
    <fieldset>
      <legend>{t.prices}</legend>
      {[gpu, ...sram].map((chip) => (
        <NumberInput
          key={chip}
          label={chipName(chip)}
          unit={t.priceUnit}
          limits={PRICE}
          value={prices.get(chip)}
          placeholder={priceIn(answer, chip)}
          onChange={(price) => change(chip, price)}
        />
      ))}
    </fieldset>
  )
}

function priceIn({ comparison }: PincerAnswer, chip: string): string {
  for (const { chip: id, cheapest } of comparison.cells) {
    if (id !== chip || 'unreachable' in cheapest) continue
    const { chipHour } = cheapest.cost
    if (isKnown(chipHour)) return formatUnit(chipHour.value, 'USD').slice(1)
  }
  return ''
}
