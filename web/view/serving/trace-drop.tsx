import { useId, useState } from 'preact/hooks'
import { MOST_TRACE_BYTES, checkTraceSize } from '../../engine/trace-size.ts'
import { FaultAlert } from '../../part/progress.tsx'
import { traceFile } from './answer.ts'
import { text } from './text.ts'

/** Takes a trace by dropping or choosing it; what is too large is refused before it is read. */
export function TraceDrop() {
  const t = text.value.trace
  const id = useId()
  const [fault, setFault] = useState<Error | undefined>(undefined)
  const [isOver, setOver] = useState(false)
  const take = (file: File | undefined): void => {
    if (file === undefined) return
    try {
      checkTraceSize(file)
      setFault(undefined)
      traceFile.value = file
    } catch (error) {
      setFault(error as Error)
    }
  }
  const { value: file } = traceFile
  return (
    <div
      class="trace-drop"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer?.files[0])
      }}
    >
      <label for={id}>{file === undefined ? t.drop : t.given(file.name)}</label>
      <input
        id={id}
        type="file"
        accept=".csv,.jsonl,.json,.txt,.gz,.tsv"
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0])
          currentTarget.value = ''
        }}
      />
      <small data-most={MOST_TRACE_BYTES}>{t.formats}</small>
      {fault !== undefined && <FaultAlert fault={fault} />}
    </div>
  )
}
