import { text } from '../i18n/index.ts'
import { type FieldFault, limitText } from '../state/field.ts'
import type { LinkFault } from '../state/url.ts'
import { Alert } from './alert.tsx'

/** What a link says that was not taken; nothing where all was. `names` has the labels of fields. */
export function LinkAlert({
  faults,
  names,
}: {
  faults: readonly LinkFault[]
  names: Readonly<Record<string, string>>
}) {
  if (faults.length === 0) return null
  return (
    <Alert title={text.value.link.title}>
      <ul>
        {faults.map((fault) => (
          <li key={JSON.stringify(fault)}>{faultText(fault, names)}</li>
        ))}
      </ul>
    </Alert>
  )
}

function faultText(fault: LinkFault, names: Readonly<Record<string, string>>): string {
  const t = text.value.link
  switch (fault.kind) {
    case 'value':
      return t.value(names[fault.field] ?? fault.field, fault.text, whyText(fault.fault))
    case 'unknown':
      return t.unknown(fault.field)
    case 'repeated':
      return t.repeated(fault.field)
    case 'version':
      return t.version(fault.text)
    case 'view':
      return t.view(fault.text)
    case 'long':
      return t.long
  }
}

function whyText(fault: FieldFault): string {
  const t = text.value.link
  switch (fault.kind) {
    case 'number':
      return t.isNoNumber
    case 'whole':
      return t.isNotWhole
    case 'range':
      return t.isOutside(limitText(fault.from), limitText(fault.to))
    case 'choice':
      return t.isUnknown(fault.nearest)
    case 'many':
      return t.isTooMany(fault.most)
    case 'letters':
      return t.isTooLong(fault.most)
    case 'pair':
      return t.isNoPair
    case 'twice':
      return t.isTwice
    case 'edges':
      return t.isNoEdges
    case 'own':
      return t.isOwn
  }
}
