import { setImmediate } from 'node:timers/promises'
import type { Io } from '../io.ts'

const PATIENCE_MS = 1000

interface Bar {
  update(done: number): void
  stop(): void
}

/**
 * `work` on every item, with a progress bar on stderr once it has taken a second (on a terminal only).
 */
export async function eachWithProgress<T, R>(
  items: readonly T[],
  work: (item: T) => R,
  label: string,
  io: Pick<Io, 'progress'>,
): Promise<R[]> {
  const results: R[] = []
  const start = performance.now()
  let bar: Bar | undefined
  try {
    for (const item of items) {
      results.push(work(item))
      if (io.progress === undefined || performance.now() - start < PATIENCE_MS) continue
      bar ??= await startBar(items.length, label, io.progress)
      bar.update(results.length)
      await setImmediate() // lets the terminal draw and Ctrl-C arrive
    }
  } finally {
    bar?.stop()
  }
  return results
}

async function startBar(total: number, label: string, stream: NodeJS.WritableStream): Promise<Bar> {
  const { SingleBar } = await import('cli-progress')
  const bar = new SingleBar({
    stream,
    format: `${label} [{bar}] {value}/{total} · {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    clearOnComplete: true,
    stopOnComplete: false,
    hideCursor: true,
  })
  bar.start(total, 0)
  return bar
}
