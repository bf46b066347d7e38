import { useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { formatCount, formatUnit } from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import { Copy } from '../../part/copy.tsx'
import { LinkAlert } from '../../part/link-alert.tsx'
import { Progress } from '../../part/progress.tsx'
import { engineId, linkId } from '../../state/own.ts'
import { viewState } from '../../state/view-state.ts'
import { AllMachines } from './all-table.tsx'
import { askFor, fits } from './asked.ts'
import { MachineDetail } from './detail.tsx'
import { Inputs } from './inputs.tsx'
import { LimitsChart } from './limits.tsx'
import './machines.css'
import { ScaleChart } from './scale.tsx'
import { fitCommand, schema } from './schema.ts'
import { text } from './text.ts'
import { TiersSection } from './tiers.tsx'

const state = viewState('machines', schema)

/** How a model is laid over chips, wafers and nodes. */
export default function MachinesView() {
  useSignalEffect(() => askFor(state.value.value))
  const { phase, answer } = fits.standing.value
  return (
    <div class="machines" data-phase={phase} aria-busy={phase === 'working'}>
      <Inputs state={state} />
      <div class="content">
        <LinkAlert faults={state.faults.value} names={text.value.field} />
        <Progress question={fits} />
        {answer !== undefined && <Answer answer={answer} />}
        <TiersSection state={state} />
      </div>
    </div>
  )
}

function Answer({ answer }: { answer: FitsAnswer }) {
  const t = text.value
  const machine = engineId(state.value.value.machine)
  const drawn = state.value.value.drawn.map(engineId)
  const command = fitCommand(state.value.value)
  const choose = (id: string): void => state.set({ machine: linkId(id) })
  const { model, users, context } = answer.fits
  const params = (count: number): string => formatUnit(count, 'params')
  const scale = useMemo(() => <ScaleChart answer={answer} drawn={drawn} />, [answer, drawn.join(','), t])
  const limits = useMemo(
    () => <LimitsChart answer={answer} machine={machine} onChoose={choose} />,
    [answer, machine, t],
  )
  const table = useMemo(
    () => <AllMachines answer={answer} command={command} machine={machine} onChoose={choose} />,
    [answer, machine, t],
  )
  return (
    <div class="answer">
      <header class="story">
        <h1>{t.title(model.name)}</h1>
        <p class="lead">
          {t.lead(params(model.totalParams), params(model.activeParams), formatCount(users), formatCount(context))}
        </p>
      </header>
      <section class="memory" aria-labelledby="memory-title">
        <h2 id="memory-title">{t.scale.section}</h2>
        {scale}
      </section>
      <MachineDetail answer={answer} id={machine} command={command} />
      {limits}
      {table}
      <Copy
        question={fits}
        link={state.link}
        command={() => command}
        json={() => JSON.stringify(answer.fits, undefined, 2)}
      />
    </div>
  )
}
