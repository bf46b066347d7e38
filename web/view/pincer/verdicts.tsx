import { type Verdict, formatCount } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { text as shared } from '../../i18n/index.ts'
import { Disclosure } from '../../part/disclosure.tsx'
import { Num } from '../../part/num.tsx'
import { MODELS } from '../../state/own.ts'
import { boundsText, isCentreKept, unitText } from './bound.ts'
import { ConditionText } from './condition.tsx'
import { verdictEvidence } from './evidence.ts'
import { rangeOf } from './range.ts'
import { Mark } from './story.tsx'
import { text } from './text.ts'

/** Every claim about what is compared; those that name models and machines of their own for who asks. */
export function Verdicts({ answer }: { answer: PincerAnswer }) {
  const t = text.value.verdicts
  const verdicts = answer.verdicts.toSorted((a, b) => placeOf(a) - placeOf(b))
  const others = verdicts.filter(isOfOthers)
  return (
    <section class="verdicts" aria-labelledby="verdicts-title">
      <h2 id="verdicts-title">{t.title}</h2>
      <Claims verdicts={verdicts.filter((verdict) => !isOfOthers(verdict))} answer={answer} />
      <Disclosure summary={t.others(String(others.length))}>
        {() => <Claims verdicts={others} answer={answer} />}
      </Disclosure>
    </section>
  )
}

function isOfOthers({ claim }: Verdict): boolean {
  const { kind } = claim.test
  return kind === 'deployment' || kind === 'run' || kind === 'cited'
}

/** Claims in their words, below each a verdict for each reading, with its number and what would make it true. */
function Claims({ verdicts, answer }: { verdicts: readonly Verdict[]; answer: PincerAnswer }) {
  const t = text.value
  const words = ({ claim }: Verdict): string => t.claim[claim.id]?.text ?? claim.text
  return (
    <ol>
      {[...new Set(verdicts.map(words))].map((claim) => (
        <li key={claim}>
          <h3>“{claim}”</h3>
          {verdicts
            .filter((verdict) => words(verdict) === claim)
            .map((verdict) => (
              <Reading key={verdict.claim.id} verdict={verdict} answer={answer} />
            ))}
        </li>
      ))}
    </ol>
  )
}

/** The claims that the page is about come first. */
const ORDER = ['pincer', 'sram', 'moe-gpu', 'tenth-of-cards', 'moe-training', 'fits', 'zero', 'v2']

function placeOf({ claim }: Verdict): number {
  const place = ORDER.findIndex((start) => claim.id.startsWith(start))
  return place === -1 ? ORDER.length : place
}

/** What tells the readings of one claim apart. */
function readingName({ claim }: Verdict, { comparison }: PincerAnswer): string {
  const t = text.value.verdicts
  const { test } = claim
  if (test.kind === 'training') {
    const names = [test.sparse.model, test.dense.model].map(modelNameOf)
    return names.join(' : ')
  }
  if (test.kind !== 'cost' && test.kind !== 'chips') return ''
  const point = test.point === 'cheapest' ? t.cheapest : t.fast(formatCount(comparison.userSpeed))
  const isOneModel = test.kind === 'cost' && test.of.arm === test.to.arm
  return isOneModel ? `${test.of.arm === 'dense' ? t.dense : t.sparse}${shared.value.mark.comma}${point}` : point
}

function modelNameOf(alias: string): string {
  return MODELS.find(({ id, aliases }) => [id, ...aliases].includes(alias))?.name ?? alias
}

interface ReadingProps {
  readonly verdict: Verdict
  readonly answer: PincerAnswer
}

function Reading({ verdict, answer }: ReadingProps) {
  const t = text.value
  const { mark } = shared.value
  const { claim, quantity, asserted } = verdict
  return (
    <div class="reading" data-claim={claim.id} data-outcome={verdict.verdict}>
      <p class="badge">
        <Mark outcome={verdict.verdict} /> {t.badge[verdict.verdict]}{' '}
        {readingName(verdict, answer) !== '' && <em>· {readingName(verdict, answer)}</em>}
      </p>
      <p class="found">
        {'unknown' in quantity ? (
          <span lang="en">{quantity.unknown}</span>
        ) : (
          <>
            {t.verdicts.found}{' '}
            <Num evidence={() => verdictEvidence(verdict, answer)}>{unitText(quantity.value, quantity.unit)}</Num>
            {quantity.lo !== quantity.hi && (
              <span class="range">
                {mark.open}
                {rangeOf(quantity, (value) => unitText(value, quantity.unit))}
                {mark.close}
              </span>
            )}
            {mark.comma}
            {t.verdicts.asserted} {boundsText(asserted)}
          </>
        )}
      </p>
      <Wanted verdict={verdict} answer={answer} />
      <Disclosure summary={t.verdicts.more}>{() => <Details verdict={verdict} answer={answer} />}</Disclosure>
    </div>
  )
}

// Where the central value keeps the bounds already, what is open is whether the whole band does.
function Wanted({ verdict, answer }: ReadingProps) {
  const t = text.value.verdicts
  const isKept = isCentreKept(verdict)
  const condition =
    verdict.wouldHoldIf.find(({ condition: words }) => words.startsWith('for the whole band') === isKept) ??
    verdict.wouldHoldIf[0]
  if (condition === undefined) return null
  return (
    <p class="wanted">
      {isKept ? t.inCentre : t.wouldHold}{' '}
      <ConditionText condition={condition} verdict={verdict} answer={answer} isShort />
      {shared.value.mark.stop}
    </p>
  )
}

function Details({ verdict, answer }: ReadingProps) {
  const t = text.value
  const { claim, reason, wouldHoldIf, command } = verdict
  return (
    <dl>
      <dt>{t.verdicts.reading}</dt>
      <dd>{t.claim[claim.id]?.reading ?? claim.reading}</dd>
      <dt>{t.verdicts.reason}</dt>
      <dd lang="en">{reason}</dd>
      {wouldHoldIf.length > 0 && (
        <>
          <dt>{t.verdicts.conditions}</dt>
          <dd>
            <ul>
              {wouldHoldIf.map((condition) => (
                <li key={condition.condition}>
                  <ConditionText condition={condition} verdict={verdict} answer={answer} />
                  <code>{condition.command}</code>
                </li>
              ))}
            </ul>
          </dd>
        </>
      )}
      <dt>{t.verdicts.command}</dt>
      <dd>
        <code>{command}</code>
      </dd>
    </dl>
  )
}
