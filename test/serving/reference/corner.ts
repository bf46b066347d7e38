/** Corners of the semantics that random scenarios have to reach, or a comparison would prove little. */
export type Corners<Run, Scenario> = Readonly<Record<string, (run: Run, scenario: Scenario) => boolean>>

export interface Coverage<Run, Scenario> {
  /** Ticks off the corners that this run has reached. */
  see(run: Run, scenario: Scenario): void
  /** Corners that no run has reached, in the order in which they are written. */
  left(): string[]
}

export function uncovered<Run, Scenario>(corners: Corners<Run, Scenario>): Coverage<Run, Scenario> {
  const left = new Map(Object.entries(corners))
  return {
    see: (run, scenario) => {
      for (const [corner, isReached] of left) if (isReached(run, scenario)) left.delete(corner)
    },
    left: () => [...left.keys()],
  }
}
