import { FINISHED, REJECTED, type SimulatedScenario, TICKS_PER_SECOND } from '../../src/index.ts'

/** One row per request, times in seconds from the first arrival; blank where it never happened. */
export function requestCsv({ run }: SimulatedScenario): string {
  const start = firstArrival(run.arrival)
  const lines = ['request,arrival_s,prompt_tokens,output_tokens,scheduled_s,first_token_s,end_s,preemptions,status']
  const at = (tick: number | undefined): string =>
    Number.isFinite(tick) ? String((tick! - start) / TICKS_PER_SECOND) : ''
  for (let row = 0; row < run.count; row++) {
    const done = run.status[row] === FINISHED
    const status = done ? 'finished' : run.status[row] === REJECTED ? 'rejected' : 'stranded'
    const times = done ? [run.scheduled[row], run.firstToken[row], run.end[row]] : [undefined, undefined, undefined]
    const [scheduled, first, end] = times.map(at)
    lines.push(
      [
        row,
        at(run.arrival[row]),
        run.prompt[row],
        run.output[row],
        scheduled,
        first,
        end,
        run.preemptions[row],
        status,
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

function firstArrival(arrival: Float64Array): number {
  return arrival.reduce((first, tick) => (tick < first ? tick : first), Number.POSITIVE_INFINITY)
}
