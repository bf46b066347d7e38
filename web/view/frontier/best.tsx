import { formatRate, formatSeconds } from '../../../src/index.ts'
import type { FrontierAnswer } from './answer.ts'
import type { Shown } from './evidence.ts'
import { PinCard } from './pins.tsx'
import { text } from './text.ts'

/** The best configuration that meets the goal, or the one that misses it least. */
export function Best({ answer, shown }: { answer: FrontierAnswer; shown: Shown | undefined }) {
  const t = text.value.best
  const { best, goal } = answer.result!
  const parts = [
    ...(goal.userSpeed === undefined ? [] : [t.speed(formatRate(goal.userSpeed))]),
    ...(goal.ttft === undefined ? [] : [t.ttft(formatSeconds(goal.ttft))]),
  ]
  return (
    <section class="best" aria-labelledby="best-title" data-met={best !== undefined}>
      <h2 id="best-title">{best === undefined ? t.missed : t.title}</h2>
      <p class="about">{t.goal(parts.join(t.and))}</p>
      <div class="cards">{shown !== undefined && <PinCard shown={shown} />}</div>
    </section>
  )
}
