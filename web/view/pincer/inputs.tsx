import { useComputed } from '@preact/signals'
import { FORMATS, formatUnit, isKnown } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { AddOwn, ChipSelect, ModelSelect } from '../../part/named-select.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { Select } from '../../part/select.tsx'
import { Slider } from '../../part/slider.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import { chipName, engineId } from '../../state/own.ts'
import { LENGTH, MOST_SRAM, PRICE, SPEED, TOKENS, type schema } from './schema.ts'
import { text } from './text.ts'

type State = ViewState<typeof schema>
interface Props {
  readonly state: State
}

/** Everything that `pincer compare` takes of the catalog. */
export function Inputs({ state, answer }: Props & { readonly answer: PincerAnswer }) {
  const t = text.value.inputs
  return (
    <Panel class="inputs" summary={t.change} title={t.title}>
      <fieldset>
        <legend>{t.models}</legend>
        <Model state={state} name="dense" />
        <Model state={state} name="sparse" />
      </fieldset>
      <fieldset>
        <legend>{t.machines}</legend>
        <Gpu state={state} />
        <SramMachines state={state} />
        <AddOwn />
      </fieldset>
      <fieldset>
        <legend>{t.load}</legend>
        <Speed state={state} />
        <div class="pair">
          <Length state={state} name="isl" />
          <Length state={state} name="osl" />
        </div>
        <Precision state={state} />
      </fieldset>
      <Prices state={state} answer={answer} />
      <fieldset>
        <legend>{t.training}</legend>
        <TrainingTokens state={state} />
      </fieldset>
      <Reset state={state} />
    </Panel>
  )
}

function Model({ state, name }: Props & { readonly name: 'dense' | 'sparse' }) {
  const t = text.value
  const choose = (id: string): void => state.set({ [name]: id })
  const value = useField(state, name)
  return <ModelSelect label={t.inputs[name]} value={value} groups={t.square} first={name} onChange={choose} />
}

const FORMAT_CHOICES = FORMATS.map((id) => ({ id, label: id.toUpperCase() }))

function Gpu({ state }: Props) {
  const choose = (id: string): void => state.set({ gpu: id })
  const value = useField(state, 'gpu')
  return <ChipSelect label={text.value.inputs.gpu} value={value} groups="hbm" onChange={choose} />
}

/** One list for each machine chosen, and one more to add another. */
function SramMachines({ state }: Props) {
  const t = text.value.inputs
  // As text, which is the same when it says the same.
  const sram = useComputed(() => state.value.value.sram.join(',')).value.split(',')
  const change = (at: number, id: string): void => {
    const next = sram.toSpliced(at, 1, ...(id === '' ? [] : [id]))
    if (next.length > 0) state.set({ sram: [...new Set(next)] })
  }
  const places = Math.min(sram.length + 1, MOST_SRAM)
  return (
    <>
      {Array.from({ length: places }, (_, at) => (
        <ChipSelect
          key={at}
          label={at === 0 ? t.sram : t.sramMore}
          value={sram[at] ?? ''}
          groups="sram"
          other={at === 0 ? undefined : { id: '', label: t.none }}
          onChange={(id) => change(at, id)}
        />
      ))}
    </>
  )
}

function Speed({ state }: Props) {
  const t = text.value.inputs
  const change = (speed: number): void => state.set({ speed })
  const value = useField(state, 'speed')
  return <Slider label={t.speed} unit={t.speedUnit} limits={SPEED} isLog value={value} onChange={change} />
}

function Length({ state, name }: Props & { readonly name: 'isl' | 'osl' }) {
  const t = text.value.inputs
  const change = (next: number | undefined): void => {
    if (next !== undefined) state.set({ [name]: next })
  }
  const value = useField(state, name)
  return <NumberInput label={t[name]} unit={t.tokens} limits={LENGTH} value={value} onChange={change} />
}

function Precision({ state }: Props) {
  const choose = (precision: string): void => state.set({ precision })
  const value = useField(state, 'precision')
  return <Select label={text.value.inputs.precision} value={value} choices={FORMAT_CHOICES} onChange={choose} />
}

function TrainingTokens({ state }: Props) {
  const t = text.value.inputs
  const change = (tokens: number | undefined): void => {
    if (tokens !== undefined) state.set({ tokens })
  }
  const value = useField(state, 'tokens')
  return <NumberInput label={t.trainingTokens} unit={t.tokens} limits={TOKENS} value={value} onChange={change} />
}

function Reset({ state }: Props) {
  return (
    <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
      {text.value.inputs.reset}
    </button>
  )
}

/** Prices of the machines on the page; an empty field means the catalog's, which it shows. */
function Prices({ state, answer }: Props & { readonly answer: PincerAnswer }) {
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
    if (id !== engineId(chip) || 'unreachable' in cheapest) continue
    const { chipHour } = cheapest.cost
    if (isKnown(chipHour)) return formatUnit(chipHour.value, 'USD').slice(1)
  }
  return ''
}
