import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { eachWithProgress } from '../../cli/view/progress.ts'

function terminal(): { stream: NodeJS.WritableStream; text: () => string } {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  })
  const chunks: string[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  return { stream, text: () => chunks.join('') }
}

const io = { stdout: { write: () => true }, stderr: { write: () => true }, columns: 80, color: false, cwd: '/' }

/** Work that keeps the processor for `milliseconds`. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

describe('eachWithProgress', () => {
  it('returns results in order, and draws nothing for what is quick', async () => {
    const { stream, text } = terminal()
    expect(await eachWithProgress([1, 2, 3], (n) => n * 2, 'doubling', { ...io, progress: stream })).toEqual([2, 4, 6])
    expect(text()).toBe('')
  })

  it('draws a bar once a second has passed', async () => {
    const { stream, text } = terminal()
    await eachWithProgress([400, 400, 400, 400], busy, 'working', { ...io, progress: stream })
    expect(text()).toContain('working [')
    expect(text()).toContain('/4')
  })

  it('leaves the bar and the work when one item fails', async () => {
    const { stream } = terminal()
    const failing = eachWithProgress(['a'], () => JSON.parse('{') as unknown, 'x', { ...io, progress: stream })
    await expect(failing).rejects.toThrow(SyntaxError)
  })
})
