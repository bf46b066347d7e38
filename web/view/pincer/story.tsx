import { type Verdict, formatCount, formatUnit } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { text as shared } from '../../i18n/index.ts'
import { Num } from '../../part/num.tsx'
import { linkId } from '../../state/own.ts'
import { isCentreKept } from './bound.ts'
import { type PointName, cellTitle, verdictEvidence } from './evidence.ts'
import { rangeOf } from './range.ts'
import { text } from './text.ts'
import { TwoArms } from './two-arms.tsx'

/** The claims that the headline rests on, at each operating point. */
const HEADLINE: Readonly<Record<PointName, { readonly both: string; readonly sparse: string; readonly sram: string }>> =
  {
    cheapest: { both: 'pincer-15-percent', sparse: 'moe-gpu-tenth', sram: 'sram-tenth-dense' },
    fast: { both: 'pincer-15-percent-fast', sparse: 'moe-gpu-tenth-fast', sram: 'sram-tenth-dense-fast' },
  }

/** What the page is about, and the answer at both operating points. */
export function Story({ answer }: { answer: PincerAnswer }) {
  const t = text.value
  return (
    <section class="story" aria-labelledby="story-title">
      <h1 id="story-title">{t.title}</h1>
      <div class="lead">
        {t.lead.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p>
          <a href={deploymentOf(answer)}>{t.deployment}</a>
        </p>
      </div>
      <TwoArms answer={answer} />
      <div class="headline">
        <Headline answer={answer} point="cheapest" />
        <Headline answer={answer} point="fast" />
      </div>
    </section>
  )
}

// One model on one machine: those of the article’s second arm, until the page is asked for others.
function deploymentOf({ comparison }: PincerAnswer): string {
  const sparse = comparison.cells.find(({ arm, machine }) => arm === 'sparse' && machine === 'hbm')
  return sparse === undefined
    ? '#/deployment'
    : `#/deployment?v=1&model=${linkId(sparse.model)}&chip=${linkId(sparse.chip)}`
}

function Headline({ answer, point }: { answer: PincerAnswer; point: PointName }) {
  const t = text.value.answer
  const { comparison } = answer
  const find = (id: string): Verdict | undefined => answer.verdicts.find(({ claim }) => claim.id === id)
  const both = find(HEADLINE[point].both)
  const base = comparison.cells[comparison.baseline]
  if (both === undefined || base === undefined) return null
  const { quantity, verdict } = both
  return (
    <div class="card" data-outcome={verdict} data-point={point}>
      <h2>{point === 'cheapest' ? t.cheapest : t.fast(formatCount(comparison.userSpeed))}</h2>
      {'unknown' in quantity ? (
        <p>
          {t.unknown} <span lang="en">{quantity.unknown}</span>
        </p>
      ) : (
        <>
          <p class="lead-in">{t.both}</p>
          <p class="big">
            <Num evidence={() => verdictEvidence(both, answer)}>{formatUnit(quantity.value, quantity.unit)}</Num>
          </p>
          <p>{t.of(cellTitle(base))}</p>
          <p class="band-text">{t.band(rangeOf(quantity, (value) => formatUnit(value, quantity.unit)))}</p>
        </>
      )}
      <p class="verdict-line">
        <Mark outcome={verdict} /> {judgement(both)}
        {shared.value.mark.stop}
      </p>
      <Arms answer={answer} sparse={find(HEADLINE[point].sparse)} sram={find(HEADLINE[point].sram)} />
    </div>
  )
}

function judgement(verdict: Verdict): string {
  const t = text.value.answer
  if (verdict.verdict === 'holds only if') return isCentreKept(verdict) ? t.partKept : t.partMissed
  return t.claim(text.value.outcome[verdict.verdict])
}

interface ArmsProps {
  readonly answer: PincerAnswer
  readonly sparse: Verdict | undefined
  readonly sram: Verdict | undefined
}

function Arms({ answer, sparse, sram }: ArmsProps) {
  const t = text.value.answer
  return (
    <p class="arms-line">
      <Arm name={t.sparse} verdict={sparse} answer={answer} /> <Arm name={t.sram} verdict={sram} answer={answer} />
    </p>
  )
}

interface ArmProps {
  readonly name: string
  readonly verdict: Verdict | undefined
  readonly answer: PincerAnswer
}

function Arm({ name, verdict, answer }: ArmProps) {
  if (verdict === undefined || 'unknown' in verdict.quantity) return null
  const { value, unit } = verdict.quantity
  return (
    <span>
      {name} <Num evidence={() => verdictEvidence(verdict, answer)}>{formatUnit(value, unit)}</Num>
      {shared.value.mark.stop}
    </span>
  )
}

const SHAPES: Readonly<Record<Verdict['verdict'], string>> = {
  holds: 'M3.500 8.500L6.500 11.500L12.500 4.500',
  'holds only if': 'M3 8.500C5 5.500 7 5.500 8 8C9 10.500 11 10.500 13 7.500',
  'does not hold': 'M4 4L12 12M12 4L4 12',
  unknown: 'M4 8H12',
}

/** A verdict as a mark that does not need its colour. */
export function Mark({ outcome }: { outcome: Verdict['verdict'] }) {
  return (
    <svg class="mark-icon" data-outcome={outcome} viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">
      <path d={SHAPES[outcome]} />
    </svg>
  )
}
