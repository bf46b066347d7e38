/**
 * Pictures as text. In: a simulated run's series, a fit, an explained step, a solution, an uncertain comparison, a crossover or a map, or any
 * panels of lines, bars and cells. Out: an SVG document, light or dark as the reader
 * likes it. A room of the engine and not of a shell, so that the command line and a web page draw the same picture; it
 * knows no file and no DOM. Must not know: how the numbers came about.
 */
export { type Axis, logAxis } from './axis.ts'
export type { BarPanel, Figure, Line, Panel, Segment } from './figure.ts'
export { explainFigure } from './explain-figure.ts'
export { fitFigure } from './fit-figure.ts'
export { figureSvg } from './figure-svg.ts'
export { solutionFigure } from './solution-figure.ts'
export { type DrawnRun, simulationFigure } from './simulation-figure.ts'
export { type DrawnTiers, tiersFigure } from './tiers-figure.ts'
export { crossoverFigure, crossoverMapFigure } from './crossover-figure.ts'
export { marketFigure } from './market-figure.ts'
export { uncertaintyFigure } from './uncertainty-figure.ts'
