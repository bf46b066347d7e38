import { formatRate, formatSeconds, formatUsd, isKnown } from '../../../src/index.ts'
import type { DeploymentAnswer, LaidOut } from '../../engine/method/deployment.ts'
import { Progress } from '../../part/progress.tsx'
import { Table } from '../../part/table.tsx'
import { compareMappings, laidOut } from './asked.ts'
import type { State } from './inputs.tsx'
import { DEGREES, questionOf } from './schema.ts'
import { text } from './text.ts'

/** Other mappings over the same chips, tried when somebody asks. */
export function Layouts({ answer, state }: { answer: DeploymentAnswer; state: State }) {
  const t = text.value.mapping
  const { prediction } = answer.step
  if (answer.shape.kind === 'sram' || prediction.chips === 1) return null
  const found = laidOut.standing.value.answer
  return (
    <div class="layouts">
      <button type="button" onClick={() => compareMappings(questionOf(state.value.value))}>
        {found === undefined ? t.try : t.tryAgain}
      </button>
      <Progress question={laidOut} />
      {found !== undefined && <Found found={found} answer={answer} state={state} />}
    </div>
  )
}

function Found({ found, answer, state }: { found: readonly LaidOut[]; answer: DeploymentAnswer; state: State }) {
  const t = text.value.mapping
  const [first] = found
  if (first === undefined) return <p>{t.onlyOne}</p>
  return (
    <Table
      caption={t.tried(String(first.load.concurrency))}
      head={[t.degrees, t.perChip, t.perUser, t.ttft, t.cost, t.action]}
      rows={found.map(({ mapping, load }) => {
        const isUsed = isSame(mapping, answer)
        const { perMtokOutput } = load
        return [
          { value: nameOf(mapping) },
          {
            value: load.throughput.outputPerChip.value,
            shown: formatRate(load.throughput.outputPerChip.value),
          },
          { value: load.throughput.perUser.value, shown: formatRate(load.throughput.perUser.value) },
          { value: load.ttft.value, shown: formatSeconds(load.ttft.value) },
          isKnown(perMtokOutput)
            ? { value: perMtokOutput.value, shown: formatUsd(perMtokOutput.value) }
            : { value: undefined },
          {
            value: isUsed ? t.used : t.use,
            shown: isUsed ? (
              t.used
            ) : (
              <button
                type="button"
                class="quiet"
                aria-label={`${t.use}: ${nameOf(mapping)}`}
                onClick={() => state.set({ mapping, chips: undefined })}
              >
                {t.use}
              </button>
            ),
          },
        ]
      })}
    />
  )
}

/** As the layout of a prediction is written. */
const SHORT: Readonly<Partial<Record<(typeof DEGREES)[number], string>>> = { moeTp: 'moe-tp', moeEp: 'ep' }

function nameOf(mapping: LaidOut['mapping']): string {
  return DEGREES.flatMap((degree) => {
    const value = mapping[degree]
    return value === undefined || (value === 1 && degree !== 'tp') ? [] : [`${SHORT[degree] ?? degree} ${value}`]
  }).join(' · ')
}

function isSame(mapping: LaidOut['mapping'], { shape }: DeploymentAnswer): boolean {
  const { tp = 1, pp = 1, dp = 1 } = mapping
  const moeEp = mapping.moeEp ?? (mapping.moeTp === undefined ? 1 : (tp * dp) / mapping.moeTp)
  const own = shape.mapping
  return own.tp === tp && own.pp === pp && own.dp === dp && own.moeEp === moeEp
}
