import { useSignalEffect } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { encode, hashOf } from '../../state/url.ts'
import { viewState } from '../../state/view-state.ts'
import { QUESTIONS, askFor, cost, crossed, market, threeWays, two } from './asked.ts'
import { Hour } from './hour.tsx'
import { Inputs } from './inputs.tsx'
import { BreakEven } from './map.tsx'
import { Market } from './market.tsx'
import './money.css'
import { PARTS, type PartName, commandOf, schema } from './schema.ts'
import { text } from './text.ts'
import { Two } from './two.tsx'
import { ThreeWays } from './ways.tsx'

const state = viewState('money', schema)

/** What it costs, how sure that is, and from where on which is cheaper. */
export default function MoneyView() {
  useSignalEffect(() => askFor(state.value.value))
  const t = text.value
  const part = state.value.value.part as PartName
  const question = QUESTIONS[part]
  const { phase } = question.standing.value
  return (
    <div class="money" data-phase={phase} data-part={part} aria-busy={phase === 'working'}>
      <Inputs state={state} />
      <div class="content">
        <header class="story">
          <h1>{t.title}</h1>
          <Parts part={part} />
          <p class="lead">{t.lead[part]}</p>
        </header>
        <LinkAlert faults={state.faults.value} names={t.field} />
        <Progress question={question} />
        <Body part={part} />
      </div>
    </div>
  )
}

/** Links, so that every part opens in a tab of its own too. */
function Parts({ part }: { part: PartName }) {
  const t = text.value
  return (
    <nav class="parts" aria-label={t.title}>
      {PARTS.map((each) => (
        <a
          key={each}
          href={hashOf('money', encode(schema, { ...state.value.value, part: each }))}
          aria-current={each === part ? 'page' : undefined}
        >
          {t.parts[each]}
        </a>
      ))}
    </nav>
  )
}

function Body({ part }: { part: PartName }) {
  const shown = useShown(part)
  return shown === undefined ? null : (
    <div class="answer">
      {shown.body}
      <Copy
        question={QUESTIONS[part]}
        link={state.link}
        command={() => commandOf(state.value.value)}
        json={() => JSON.stringify(shown.document(), undefined, 2)}
      />
    </div>
  )
}

interface Shown {
  readonly body: ComponentChildren
  readonly document: () => unknown
}

/** The last answer of a part, and the document that its command prints. */
function useShown(part: PartName): Shown | undefined {
  const { value } = state.value
  const { answer } = QUESTIONS[part].standing.value
  return useMemo(() => {
    if (answer === undefined) return undefined
    const command = commandOf(value)
    switch (part) {
      case 'hour': {
        const found = cost.standing.peek().answer!
        return { body: <Hour answer={found} state={state} />, document: () => found.cost }
      }
      case 'two': {
        const found = two.standing.peek().answer!
        return { body: <Two answer={found} state={state} />, document: () => found.document }
      }
      case 'map': {
        const found = crossed.standing.peek().answer!
        return { body: <BreakEven answer={found} command={command} />, document: () => found }
      }
      case 'ways': {
        const found = threeWays.standing.peek().answer!
        return { body: <ThreeWays answer={found} command={command} />, document: () => found }
      }
      case 'market': {
        const found = market.standing.peek().answer!
        const document = (): unknown => ({ schema: 'pincer.market-result.v1', ...found.result })
        return { body: <Market answer={found} state={state} />, document }
      }
    }
  }, [part, answer, value, text.value])
}
