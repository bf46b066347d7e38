import { FINISHED, type SimulatedScenario, TICKS_PER_SECOND } from '../../src/index.ts'

const HEAD =
  'request,arrival_s,prompt_tokens,output_tokens,scheduled_s,first_token_s,end_s,preemptions,status,' +
  'replica,decode_replica,hit_tokens'

/** One row per request, times in seconds from the first arrival; blank where it never happened. */
export function requestCsv({ run, fleetRun }: SimulatedScenario): string {
  const start = firstArrival(run.arrival)
  const lines = [HEAD]
  const at = (tick: number | undefined): string =>
    Number.isFinite(tick) ? String((tick! - start) / TICKS_PER_SECOND) : ''
  for (let row = 0; row < run.count; row++) {
    const done = run.status[row] === FINISHED
    const status = done ? 'finished' : 'rejected'
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
        done ? (fleetRun?.replica[row] ?? 0) : '',
        numberText(fleetRun?.decodeReplica[row]),
        run.hitTokens[row],
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

// −1: none.
function numberText(replica: number | undefined): string {
  return replica === undefined || replica < 0 ? '' : String(replica)
}

function firstArrival(arrival: Float64Array): number {
  return arrival.reduce((first, tick) => (tick < first ? tick : first), Number.POSITIVE_INFINITY)
}
