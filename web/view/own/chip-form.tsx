import { useId, useState } from 'preact/hooks'
import { ask } from '../../engine/client.ts'
import { FaultAlert } from '../../part/progress.tsx'
import { Select } from '../../part/select.tsx'
import { CHIPS, chipName } from '../../state/own.ts'
import { addChip, addingChip } from './adding.ts'
import { type ChipForm, EMPTY, MEMORY_NAMES, PEAKS, descriptionOf, formOf } from './chip-fields.ts'
import { text } from './text.ts'

/** A chip described figure by figure, from nothing or from one of the catalog. */
export function ChipFormSection() {
  const t = text.value.chip
  const [form, setForm] = useState<ChipForm>(EMPTY)
  const [base, setBase] = useState('')
  const change = (part: Partial<ChipForm>): void => setForm((old) => ({ ...old, ...part }))
  const start = async (id: string): Promise<void> => {
    setBase(id)
    if (id === '') setForm(EMPTY)
    else setForm(formOf(await ask('own.description', id), `${chipName(id)} +`))
  }
  const { faults, added } = addingChip.value
  return (
    <section class="chip-form" aria-labelledby="chip-title">
      <h2 id="chip-title">{t.title}</h2>
      <p class="about">{t.text}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void addChip(descriptionOf(form, form.name.trim() === '' ? t.unnamed : form.name.trim()))
        }}
      >
        <div class="fields">
          <Select
            label={t.start}
            value={base}
            choices={[{ id: '', label: t.blank }, ...CHIPS.map(({ id, name }) => ({ id, label: name }))]}
            onChange={(id) => void start(id)}
          />
          <Field label={t.name} unit="" value={form.name} onChange={(name) => change({ name })} />
          <Select
            label={t.kind}
            value={form.kind}
            choices={(['hbm', 'sram'] as const).map((id) => ({ id, label: t.kinds[id] }))}
            onChange={(kind) => change({ kind: kind === 'sram' ? 'sram' : 'hbm' })}
          />
        </div>
        <Memory form={form} change={change} />
        <Peaks form={form} change={change} />
        <Links form={form} change={change} />
        <div class="actions">
          <button type="submit">{t.add}</button>
          <span role="status">{added.length > 0 && text.value.added(added.join(', '))}</span>
        </div>
        {faults.map(({ fault }) => (
          <FaultAlert key={fault.message} fault={fault} />
        ))}
      </form>
    </section>
  )
}

interface PartProps {
  readonly form: ChipForm
  readonly change: (part: Partial<ChipForm>) => void
}

function Memory({ form, change }: PartProps) {
  const t = text.value.chip
  const isSram = form.kind === 'sram'
  return (
    <div class="fields">
      {!isSram && (
        <Select
          label={t.memoryName}
          value={form.memoryName}
          choices={MEMORY_NAMES.map((id) => ({ id, label: id.toUpperCase() }))}
          onChange={(memoryName) => change({ memoryName })}
        />
      )}
      <Field
        label={isSram ? t.sram : t.capacity}
        unit="GB"
        value={form.capacity}
        onChange={(capacity) => change({ capacity })}
      />
      <Field
        label={isSram ? t.sramBandwidth : t.bandwidth}
        unit="TB/s"
        value={form.bandwidth}
        onChange={(bandwidth) => change({ bandwidth })}
      />
      {!isSram && <Field label={t.cache} unit="MB" value={form.cache} onChange={(cache) => change({ cache })} />}
    </div>
  )
}

function Peaks({ form, change }: PartProps) {
  return (
    <fieldset>
      <legend>{text.value.chip.peaks}</legend>
      <div class="fields">
        {PEAKS.map((format) => (
          <Field
            key={format}
            label={format.toUpperCase()}
            unit="TFLOP/s"
            value={form.peaks[format] ?? ''}
            onChange={(peak) => change({ peaks: { ...form.peaks, [format]: peak } })}
          />
        ))}
      </div>
    </fieldset>
  )
}

function Links({ form, change }: PartProps) {
  const t = text.value.chip
  return (
    <fieldset>
      <legend>{t.links}</legend>
      <div class="fields">
        <Field label={t.scaleUp} unit="GB/s" value={form.scaleUp} onChange={(scaleUp) => change({ scaleUp })} />
        <Field label={t.domain} unit="" value={form.domain} onChange={(domain) => change({ domain })} />
        <Field label={t.scaleOut} unit="GB/s" value={form.scaleOut} onChange={(scaleOut) => change({ scaleOut })} />
        <Field label={t.power} unit="W" value={form.power} onChange={(power) => change({ power })} />
        <Field label={t.node} unit="" value={form.node} onChange={(node) => change({ node })} />
      </div>
    </fieldset>
  )
}

interface FieldProps {
  readonly label: string
  readonly unit: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Field({ label, unit, value, onChange }: FieldProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="with-unit">
        <input
          id={id}
          autocomplete="off"
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
        <span class="unit">{unit}</span>
      </span>
    </div>
  )
}
