import { type Band, formatCount, formatRate, formatSeconds, formatSi, formatUsd, isKnown } from '../../../src/index.ts'
import { text as shared } from '../../i18n/index.ts'
import { mappingText } from '../../engine/search-point.ts'
import { rangeText } from '../../part/band.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { chipName } from '../../state/own.ts'
import { colourClass } from './colour.ts'
import {
  type Shown,
  commandOfPoint,
  costEvidence,
  joulesEvidence,
  latencyEvidence,
  perChipEvidence,
  speedEvidence,
} from './evidence.ts'
import { usersLabel } from './line.tsx'
import { text } from './text.ts'

interface PinsProps {
  readonly pins: readonly Shown[]
  /** Ids that name no configuration of this question. */
  readonly missing: readonly string[]
  readonly onUnpin: (ids: readonly string[]) => void
}

/** The pinned points side by side, with bands. */
export function Pins({ pins, missing, onUnpin }: PinsProps) {
  const t = text.value
  return (
    <section class="pins" aria-labelledby="pins-title">
      <h2 id="pins-title">{t.pins.title}</h2>
      {missing.length > 0 && (
        <p class="missing" role="alert">
          {t.pins.missing(missing.join(', '))}{' '}
          <button type="button" class="quiet" onClick={() => onUnpin(missing)}>
            {t.pins.drop}
          </button>
        </p>
      )}
      {pins.length === 0 ? (
        <p class="empty">{t.pins.empty}</p>
      ) : (
        <div class="cards">
          {pins.map((shown, i) => (
            <PinCard key={shown.point.id} shown={shown} number={i + 1} onUnpin={() => onUnpin([shown.point.id])} />
          ))}
        </div>
      )}
    </section>
  )
}

/** One configuration with all that is known of it. */
export function PinCard({ shown, number, onUnpin }: { shown: Shown; number?: number; onUnpin?: () => void }) {
  const t = text.value
  const { chip, deployment, prediction } = shown.point
  const { chips, precision, engine, workload, evidence } = prediction
  const how = [precision, engine === 'dataflow' ? t.dataflow : engine, mappingText(deployment)].filter(
    (part) => part !== '',
  )
  return (
    <article class={`card ${colourClass(deployment.chip)}`}>
      <header>
        <h3>
          {number !== undefined && <span class="number">{number}</span>} {formatCount(chips)} × {chipName(chip)}
        </h3>
        {onUnpin !== undefined && (
          <button type="button" class="quiet" onClick={onUnpin}>
            {t.unpin}
          </button>
        )}
      </header>
      <p>
        {how.join(' · ')}, {usersLabel(workload.concurrency)}
      </p>
      <dl>
        {factsOf(shown).map(({ name, value, band, about }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Num evidence={about}>{value}</Num> {band !== undefined && <small>{band}</small>}
            </dd>
          </div>
        ))}
      </dl>
      <p class="tier">{shared.value.evidence.tiers[evidence.tier] ?? evidence.tier}</p>
      <code>{commandOfPoint(shown)}</code>
    </article>
  )
}

interface Fact {
  readonly name: string
  readonly value: string
  readonly band?: string
  readonly about: () => Evidence
}

function factsOf(shown: Shown): Fact[] {
  const t = text.value.column
  const { throughput, cost, ttft, tpot, energy } = shown.point.prediction
  const { perMtokOutput } = cost
  const banded = (name: string, band: Band, print: (value: number) => string, about: () => Evidence): Fact => ({
    name,
    value: print(band.value),
    band: rangeText(band, print),
    about,
  })
  const range =
    isKnown(perMtokOutput) &&
    perMtokOutput.low !== undefined &&
    perMtokOutput.high !== undefined &&
    perMtokOutput.low < perMtokOutput.high
      ? { band: rangeText({ lo: perMtokOutput.low, hi: perMtokOutput.high }, formatUsd) }
      : {}
  return [
    banded(t.speed, throughput.perUser, formatRate, () => speedEvidence(shown)),
    banded(t.perChip, throughput.outputPerChip, formatRate, () => perChipEvidence(shown)),
    {
      name: t.cost,
      value: isKnown(perMtokOutput) ? formatUsd(perMtokOutput.value) : '—',
      ...range,
      about: () => costEvidence(shown),
    },
    banded(t.ttft, ttft, formatSeconds, () => latencyEvidence(shown, 'ttft')),
    banded(t.tpot, tpot, formatSeconds, () => latencyEvidence(shown, 'tpot')),
    {
      name: t.joules,
      value: isKnown(energy.perOutputToken) ? formatSi(energy.perOutputToken.value, 'J') : '—',
      about: () => joulesEvidence(shown),
    },
  ]
}
