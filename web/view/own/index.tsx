import { useId, useRef, useState } from 'preact/hooks'
import { formatBytes, formatRate, formatSi, formatUnit } from '../../../src/index.ts'
import { FaultAlert } from '../../part/progress.tsx'
import { saveFile } from '../../part/save.ts'
import { type OwnChip, type OwnModel, ownChips, ownModels, removeOwn } from '../../state/own.ts'
import { addFiles, addFromHub, adding } from './adding.ts'
import { ChipFormSection } from './chip-form.tsx'
import './own.css'
import { text } from './text.ts'

/** Models and chips that are in no catalog: from files, from the hub, from a form. */
export default function OwnView() {
  const t = text.value
  const { busy, added, faults } = adding.value
  return (
    <div class="own">
      <h1>{t.title}</h1>
      <p class="lead">{t.lead}</p>
      <div class="ways">
        <Files />
        <Hub />
      </div>
      <div class="outcome">
        <p role="status">{busy ?? (added.length > 0 ? t.added(added.join(', ')) : '')}</p>
        {faults.map(({ fault, of }, i) => (
          <FaultAlert key={i} fault={fault} note={of} />
        ))}
      </div>
      <Added />
      <ChipFormSection />
    </div>
  )
}

function Files() {
  const t = text.value.drop
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null | undefined): void => {
    if (files !== null && files !== undefined && files.length > 0) void addFiles([...files])
  }
  return (
    <section
      class={isOver ? 'drop over' : 'drop'}
      aria-labelledby="drop-title"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer?.files)
      }}
    >
      <h2 id="drop-title">{t.title}</h2>
      <p>
        {t.text}{' '}
        <button type="button" onClick={() => input.current?.click()}>
          {t.pick}
        </button>
      </p>
      <input
        ref={input}
        class="file"
        type="file"
        multiple
        accept=".json,.gguf,.safetensors"
        aria-label={t.pick}
        tabIndex={-1}
        onChange={({ currentTarget }) => {
          take(currentTarget.files)
          // The same file may be chosen again.
          currentTarget.value = ''
        }}
      />
      <p class="about">{t.what}</p>
    </section>
  )
}

function Hub() {
  const t = text.value.hub
  const id = useId()
  const [typed, setTyped] = useState('')
  return (
    <section class="hub" aria-labelledby="hub-title">
      <h2 id="hub-title">{t.title}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void addFromHub(typed)
        }}
      >
        <div class="field">
          <label for={id}>{t.id}</label>
          <input
            id={id}
            value={typed}
            placeholder={t.placeholder}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </div>
        <button type="submit">{t.fetch}</button>
      </form>
      <p class="about">{t.text}</p>
    </section>
  )
}

function Added() {
  const t = text.value.list
  const models = ownModels.value
  const chips = ownChips.value
  return (
    <section class="added" aria-labelledby="added-title">
      <h2 id="added-title">{t.title}</h2>
      {models.length + chips.length === 0 && <p class="about">{t.none}</p>}
      <ul>
        {models.map((model) => (
          <li key={model.id} data-own="model">
            <Item own={model} lines={modelLines(model)} field="model" />
          </li>
        ))}
        {chips.map((chip) => (
          <li key={chip.id} data-own="chip">
            <Item own={chip} lines={chipLines(chip)} field="chip" />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface ItemProps {
  readonly own: OwnModel | OwnChip
  readonly lines: readonly string[]
  readonly field: 'model' | 'chip'
}

function Item({ own, lines, field }: ItemProps) {
  const t = text.value.list
  const { id, name, given } = own
  const document = field === 'model' && Object.hasOwn(given, 'config') ? given['config'] : given
  return (
    <>
      <h3>{name}</h3>
      <p class="about">{lines.join(' · ')}</p>
      <div class="actions">
        <a href={`#/deployment?v=1&${field}=${id}`}>{t.use}</a>
        <button
          type="button"
          class="quiet"
          onClick={() => saveFile(`${name}.json`, 'application/json', JSON.stringify(document, undefined, 2))}
        >
          {t.save}
        </button>
        <button type="button" class="quiet" onClick={() => removeOwn(id)}>
          {t.remove(name)}
        </button>
      </div>
    </>
  )
}

function modelLines(model: OwnModel): string[] {
  const t = text.value.list
  const { total, active, isSparse, family, bytes, from, file, held, bitsPerWeight } = model
  const params = (count: number): string => formatUnit(count, 'params')
  return [
    isSparse ? t.params(params(total), params(active)) : t.dense(params(total)),
    ...(from === 'config' || from === 'gguf' ? [t.family(family)] : []),
    t.weights(formatBytes(bytes)),
    ...(held === undefined ? [] : [t.held(params(held))]),
    ...(bitsPerWeight === undefined ? [] : [t.bits(formatRate(bitsPerWeight))]),
    t.from[from],
    t.read(formatBytes(file.read), formatBytes(file.size)),
  ]
}

function chipLines({ vendor, memory, capacity, bandwidth }: OwnChip): string[] {
  const t = text.value.list
  const size = capacity === undefined ? '?' : formatBytes(capacity)
  const rate = bandwidth === undefined ? '?' : formatSi(bandwidth, 'B/s')
  return [vendor, t.memory(size, rate, memory.toUpperCase())]
}
