import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/index.ts'
import { Cancelled, type Call } from '../../web/engine/protocol.ts'
import { readTrace } from '../../web/engine/trace-file.ts'
import { MOST_TRACE_BYTES, checkTraceSize } from '../../web/engine/trace-size.ts'
import { cli, inFolder } from '../cli/harness.ts'

const CALL: Call = { progress: () => undefined, pause: async () => undefined }
const GOOD = 'arrival_ms,input_tokens,output_tokens\n0,100,20\n5,200,30\n2,50,10\n'

async function faultOf(
  content: string | Uint8Array<ArrayBuffer>,
  name = 'trace.csv',
): Promise<PincerError['issues'][number]> {
  const error = await readTrace(new File([content], name), CALL).catch((fault: unknown) => fault)
  expect(error).toBeInstanceOf(PincerError)
  return (error as PincerError).issues[0]!
}

describe('a trace that is given to the page', () => {
  it('is read like the command line reads it, plain or gzip', async () => {
    const plain = await readTrace(new File([GOOD], 'trace.csv'), CALL)
    expect(plain.requests.count).toBe(3)
    expect([...plain.requests.prompt]).toEqual([100, 50, 200])
    const packed = await readTrace(new File([new Uint8Array(gzipSync(GOOD))], 'trace.csv.gz'), CALL)
    expect(packed).toEqual(plain)
  })

  it('is refused by its size before it is read', () => {
    expect(() => checkTraceSize({ name: 'small.csv', size: MOST_TRACE_BYTES })).not.toThrow()
    expect(() => checkTraceSize({ name: 'huge.csv', size: 2 ** 30 })).toThrow('1,024 MiB')
  })

  it('is refused where the command line refuses it, in the same words', async () => {
    for (const text of [
      'arrival_ms,input_tokens,output_tokens\n0,100,20\n5,-2,30\n',
      'arrival_ms,input_tokens\n1,2\n',
      '',
    ]) {
      const issue = await faultOf(text)
      await inFolder({ 'trace.csv': text }, async (cwd) => {
        const argv = ['simulate', '--model', 'llama3-8b', '--chip', 'h100', '--trace', 'trace.csv']
        expect((await cli(argv, { cwd })).err).toContain(issue.message)
      })
    }
  })

  it('is refused when it is damaged or no text', async () => {
    const cut = new Uint8Array(gzipSync(GOOD.repeat(100)).subarray(0, 60))
    expect((await faultOf(cut, 'cut.gz')).message).toContain('damaged')
    expect((await faultOf(new Uint8Array([0x61, 0xff, 0xfe]))).message).toContain('UTF-8')
  })

  it('is left when it is cancelled', async () => {
    const call: Call = { progress: () => undefined, pause: () => Promise.reject(new Cancelled('cancelled')) }
    await expect(readTrace(new File([GOOD], 'trace.csv'), call)).rejects.toThrow(Cancelled)
  })
})
