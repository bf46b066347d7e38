/** The class that gives an element the colour of a machine, by its place in the question. */
export function colourClass(chip: number): string {
  return `machine-${(chip % 12) + 1}`
}

/** The colour of a machine, as a canvas takes it: an element with the class tells it. */
export function paintOf(canvas: HTMLCanvasElement, chip: number): string {
  canvas.className = colourClass(chip)
  return getComputedStyle(canvas).color
}
