import { type ServiceLevel, latencies, simulationFigure } from '../../src/index.ts'
import { type SimulationView, loadText, titleText } from './simulation.ts'

/** The picture of an observed run. */
export function runFigure(view: SimulationView, slo: ServiceLevel | undefined): ReturnType<typeof simulationFigure> {
  const { run, observed, settings } = view.served
  if (observed === undefined) throw new Error('the run was not observed')
  return simulationFigure({
    title: titleText(view),
    // The sentence that names the load; the second, on the engine's limits, is left to the page.
    subtitle: loadText(view).split('. ')[0] ?? '',
    timeline: observed.timeline,
    blocks: settings.blocks,
    latencies: { ttft: latencies(run, 'ttft'), tpot: latencies(run, 'tpot'), e2e: latencies(run, 'e2e') },
    ...(slo === undefined ? {} : { slo }),
  })
}
