import { formatUnit, isKnown } from '../../../src/index.ts'
import { AddOwn, ChipSelect, ModelSelect } from '../../part/named-select.tsx'
import { Panel } from '../../part/panel.tsx'
import { NumberInput } from '../../part/number-input.tsx'
import { Select } from '../../part/select.tsx'
import { Slider } from '../../part/slider.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import type { Served } from './answer.ts'
import {
  BURSTS,
  CLIENTS,
  COUNT,
  LENGTH,
  LOADS,
  OPEN_REQUESTS,
  PRECISIONS,
  PRICE,
  RATE,
  REQUESTS,
  SCHEDULERS,
  SEED,
  type schema,
} from './schema.ts'
import { text } from './text.ts'
import { TraceDrop } from './trace-drop.tsx'

type State = ViewState<typeof schema>

interface InputsProps {
  readonly state: State
  readonly answer: Served | undefined
}

/** What `pincer simulate` is asked. */
export function Inputs({ state, answer }: InputsProps) {
  const t = text.value.inputs
  return (
    <Panel class="panel" summary={t.change} title={t.title}>
      <Load state={state} />
      <Deployment state={state} answer={answer} />
      <button type="button" onClick={state.reset} disabled={state.isDefault.value}>
        {t.reset}
      </button>
    </Panel>
  )
}

function Load({ state }: { state: State }) {
  const t = text.value.inputs
  const { set } = state
  const [load, clients] = [useField(state, 'load'), useField(state, 'clients')]
  return (
    <fieldset>
      <Select
        label={t.load}
        value={load}
        choices={LOADS.map((id) => ({ id, label: t.loads[id] ?? id }))}
        onChange={(id) => set({ load: id })}
      />
      <small class="about">{t.about[load]}</small>
      {load === 'closed' && (
        <Slider
          label={t.clients}
          unit=""
          limits={CLIENTS}
          isLog
          value={clients}
          onChange={(next) => set({ clients: next })}
        />
      )}
      {(load === 'poisson' || load === 'bursty') && <Arrivals state={state} />}
      {load === 'trace' ? <TraceDrop /> : <Drawn state={state} />}
    </fieldset>
  )
}

/** Lengths and number of the requests that are drawn. */
function Drawn({ state }: { state: State }) {
  const t = text.value.inputs
  const { set } = state
  const [load, requests] = [useField(state, 'load'), useField(state, 'requests')]
  const [isl, osl, seed] = [useField(state, 'isl'), useField(state, 'osl'), useField(state, 'seed')]
  return (
    <>
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
      <div class="pair">
        <NumberInput
          label={t.requests}
          unit=""
          limits={REQUESTS}
          value={requests}
          placeholder={load === 'closed' ? t.perClient : String(OPEN_REQUESTS)}
          onChange={(next) => set({ requests: next })}
        />
        <NumberInput
          label={t.seed}
          unit=""
          limits={SEED}
          value={seed}
          onChange={(next) => set({ seed: next ?? seed })}
        />
      </div>
    </>
  )
}

function Arrivals({ state }: { state: State }) {
  const t = text.value.inputs
  const [load, rate, cv] = [useField(state, 'load'), useField(state, 'rate'), useField(state, 'cv')]
  return (
    <>
      <Slider
        label={t.rate}
        unit={t.perSecond}
        limits={RATE}
        isLog
        value={rate}
        onChange={(next) => state.set({ rate: next })}
      />
      {load === 'bursty' && (
        <Slider
          label={t.cv}
          unit={t.cvUnit}
          limits={BURSTS}
          isLog
          value={cv}
          onChange={(next) => state.set({ cv: next })}
        />
      )}
    </>
  )
}

function Deployment({ state, answer }: InputsProps) {
  const t = text.value.inputs
  const { set } = state
  const [model, chip] = [useField(state, 'model'), useField(state, 'chip')]
  const [precision, policy] = [useField(state, 'precision'), useField(state, 'policy')]
  return (
    <fieldset>
      <legend>{t.deployment}</legend>
      <ModelSelect label={t.model} value={model} groups={t} onChange={(id) => set({ model: id, chips: undefined })} />
      <ChipSelect
        label={t.chip}
        value={chip}
        groups={{ hbm: t.gpu, sram: t.sram }}
        onChange={(id) => set({ chip: id, chips: undefined, price: undefined })}
      />
      <AddOwn />
      <Size state={state} answer={answer} />
      <Select
        label={t.precision}
        value={precision}
        choices={PRECISIONS.map((id) => ({ id, label: id === 'checkpoint' ? t.checkpoint : id.toUpperCase() }))}
        onChange={(id) => set({ precision: id })}
      />
      <Select
        label={t.policy}
        value={policy}
        choices={SCHEDULERS.map((id) => ({ id, label: id === 'engine' ? t.engine : id }))}
        onChange={(id) => set({ policy: id })}
      />
      <Price state={state} answer={answer} />
    </fieldset>
  )
}

function Size({ state, answer }: InputsProps) {
  const t = text.value.inputs
  const { set } = state
  const [chips, replicas] = [useField(state, 'chips'), useField(state, 'replicas')]
  return (
    <div class="pair">
      <NumberInput
        label={t.chips}
        unit={t.count}
        limits={COUNT}
        value={chips}
        placeholder={chipsIn(answer) ?? t.auto}
        onChange={(next) => set({ chips: next })}
      />
      <NumberInput
        label={t.replicas}
        unit={t.copies}
        limits={COUNT}
        value={replicas}
        onChange={(next) => set({ replicas: next ?? replicas })}
      />
    </div>
  )
}

function Price({ state, answer }: InputsProps) {
  const t = text.value.inputs
  const { set } = state
  const price = useField(state, 'price')
  return (
    <NumberInput
      label={t.price}
      unit={t.priceUnit}
      limits={PRICE}
      value={price}
      placeholder={priceIn(answer) ?? t.catalog}
      onChange={(next) => set({ price: next })}
    />
  )
}

function chipsIn(answer: Served | undefined): string | undefined {
  if (answer === undefined) return undefined
  return String(answer.document.chips / (answer.question.replicas ?? 1))
}

function priceIn(answer: Served | undefined): string | undefined {
  const hour = answer?.document.bill.cost.chipHour
  return hour !== undefined && isKnown(hour) ? formatUnit(hour.value, 'USD').slice(1) : undefined
}
