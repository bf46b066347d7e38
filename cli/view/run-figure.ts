import {
  type DrawnRun,
  type Fleet,
  type PoolTimeline,
  type ServiceLevel,
  fleetSize,
  latencies,
  poolSize,
  simulationFigure,
} from '../../src/index.ts'
import { fleetText } from './fleet.ts'
import { type SimulationView, engineText, loadText } from './simulation.ts'

/** The picture of an observed run. */
export function runFigure(view: SimulationView, slo: ServiceLevel | undefined): ReturnType<typeof simulationFigure> {
  const { run, observed, fleet } = view.served
  if (observed === undefined) throw new Error('the run was not observed')
  return simulationFigure({
    title: engineText(view),
    // The sentence that names the load; the others, on the limits of engines, are left to the page.
    subtitle: `${loadText(view).split('. ')[0] ?? ''}${fleetText(view.served)}`,
    timeline: observed.timeline,
    blocks: fleetSize(fleet).blocks,
    ...(fleet.decode === undefined || observed.pools === undefined ? {} : { pools: poolParts(fleet, observed.pools) }),
    latencies: { ttft: latencies(run, 'ttft'), tpot: latencies(run, 'tpot'), e2e: latencies(run, 'e2e') },
    ...(slo === undefined ? {} : { slo }),
  })
}

function poolParts({ decode, ...prefill }: Fleet, pools: readonly PoolTimeline[]): NonNullable<DrawnRun['pools']> {
  return pools.map(({ timeline }, number) => ({
    name: number === 0 ? 'prefill' : 'decode',
    timeline,
    blocks: poolSize(number === 0 ? prefill : (decode ?? prefill)).blocks,
  }))
}
