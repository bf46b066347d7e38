/**
 * Pictures as text. In: a simulated run's series, an uncertain comparison, a crossover or a map of them, or any panels of lines. Out: an SVG document, light or dark as the reader
 * likes it. A room of the engine and not of a shell, so that the command line and a web page draw the same picture; it
 * knows no file and no DOM. Must not know: how the numbers came about.
 */
export { type Axis, logAxis } from './axis.ts'
export type { Figure, Line, Panel } from './figure.ts'
export { figureSvg } from './figure-svg.ts'
export { crossoverFigure, crossoverMapFigure } from './crossover-figure.ts'
export { type DrawnRun, simulationFigure } from './simulation-figure.ts'
export { uncertaintyFigure } from './uncertainty-figure.ts'
