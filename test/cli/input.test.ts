import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { hubConfig } from '../../cli/input/hub.ts'
import { modelFolder, modelInput } from '../../cli/input/model.ts'
import { parseNumber } from '../../cli/input/number.ts'
import { priceInput } from '../../cli/input/price.ts'
import { scenarioInput } from '../../cli/input/scenario.ts'
import { workloadInput } from '../../cli/input/workload.ts'
import { PincerError } from '../../src/index.ts'
import { ROOT, inFolder } from './harness.ts'

describe('parseNumber', () => {
  it.each(['1', '-2.5', '+3', '1e6', '.5', '15.6E12', ' 7 '])('takes %j', (text) => {
    expect(parseNumber(text, ['x'])).toBe(Number(text))
  })

  it.each(['', ' ', '0x10', 'Infinity', 'NaN', '1,5', '1e999', '5 tokens', '--1', '__proto__'])(
    'refuses %j',
    (text) => {
      expect(() => parseNumber(text, ['workload', 'isl'])).toThrow(/^workload\.isl: ".*" is not a number$/)
    },
  )
})

describe('workloadInput', () => {
  it('takes lengths, JSON, files and names', () =>
    inFolder({ 'w.json': '{"isl": 5}' }, (folder) => {
      expect(workloadInput('8192/1024', folder)).toEqual({ isl: 8192, osl: 1024 })
      expect(workloadInput('1e3/100@16', folder)).toEqual({ isl: 1000, osl: 100, concurrency: 16 })
      expect(workloadInput('{"osl": 3}', folder)).toEqual({ osl: 3 })
      expect(workloadInput('./w.json', folder)).toEqual({ isl: 5 })
      expect(workloadInput('chat', folder)).toBe('chat')
      expect(() => workloadInput('a/b', folder)).toThrow('workload.isl: "a" is not a number')
      expect(() => workloadInput('{"osl": }', folder)).toThrow('--workload: line 1, column 9')
    }))
})

describe('priceInput', () => {
  it('takes pairs and files, by any name of the chip', () =>
    inFolder({ 'p.json': '{"H100": 2.5, "wse3": 30}', 'bad.json': '[1]', 'text.json': '{"h100": "2"}' }, (folder) => {
      expect([...priceInput('h100=2,wse3=30.5', folder)]).toEqual([
        ['h100-sxm', 2],
        ['cerebras-wse3', 30.5],
      ])
      expect(priceInput('p.json', folder).get('cerebras-wse3')).toBe(30)
      expect(priceInput('own=1.1', folder, ['own']).get('own')).toBe(1.1)
      expect(() => priceInput('bad.json', folder)).toThrow('prices: the file must hold {"chip": $ per hour}')
      expect(() => priceInput('text.json', folder)).toThrow(
        'prices.h100: a price must be a number of $ per hour above 0, not "2"',
      )
      expect(() => priceInput('h100', folder)).toThrow('prices: "h100" is no price')
      expect(() => priceInput('h100=0', folder)).toThrow('above 0, not 0')
      expect(() => priceInput('h10=2', folder)).toThrow('unknown chip "h10"; did you mean "h100"?')
      expect(() => priceInput('__proto__=2', folder)).toThrow('unknown chip')
    }))
})

describe('modelInput', () => {
  it('tells ids, files and folders apart', () =>
    inFolder({ 'my.json': '{"model_type": "llama"}', 'counts.json': '{"totalParams": 7e9}' }, async (folder) => {
      mkdirSync(join(folder, 'tiny'))
      writeFileSync(join(folder, 'tiny', 'config.json'), '{"model_type": "qwen3", "limit": Infinity}')
      expect(await modelInput('deepseek-v2', folder)).toBe('deepseek-v2')
      expect(await modelInput('deepseek-ai/DeepSeek-V2', folder)).toBe('deepseek-ai/DeepSeek-V2')
      expect(await modelInput('my.json', folder)).toEqual({ id: 'my', config: { model_type: 'llama' } })
      expect(await modelInput('tiny', folder)).toEqual({ id: 'tiny', config: { model_type: 'qwen3', limit: null } })
      expect(await modelInput('./tiny/config.json', folder)).toMatchObject({ id: 'tiny' })
      expect(await modelInput('counts.json', folder)).toEqual({ id: 'counts', totalParams: 7e9 })
      await expect(modelInput('./none', folder)).rejects.toThrow('./none: the file does not exist')
    }))

  it('finds org__name.json in a folder of configs, and leaves other ids to the catalog', () =>
    inFolder({ 'Org__Some-Model.json': '{"model_type": "llama"}' }, (folder) => {
      const find = modelFolder('.', folder)
      expect(find('org/some-model')).toEqual({ id: 'org/some-model', config: { model_type: 'llama' } })
      expect(find('org/other')).toBe('org/other')
      expect(() => modelFolder('./none', folder)).toThrow(PincerError)
    }))
})

/** Serves the hub from this machine; the handler sees the path asked for. */
async function withHub<T>(
  answer: (path: string) => { status: number; body: string } | 'silence',
  use: () => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const reply = answer(request.url ?? '')
    if (reply === 'silence') return
    const size = Buffer.byteLength(reply.body)
    const isProbe = request.headers.range === 'bytes=0-0'
    response.writeHead(reply.status, { etag: '"x"', 'content-range': `bytes 0-${isProbe ? 0 : size - 1}/${size}` })
    response.end(isProbe ? reply.body.slice(0, 1) : reply.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  process.env['HF_ENDPOINT'] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  try {
    return await use()
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('hubConfig', () => {
  const endpoint = process.env['HF_ENDPOINT']
  afterEach(() => {
    if (endpoint === undefined) delete process.env['HF_ENDPOINT']
    else process.env['HF_ENDPOINT'] = endpoint
  })

  it('fetches config.json of a repository', () =>
    withHub(
      (path) =>
        path.includes('/org/name/resolve/main/config.json')
          ? { status: 200, body: '{"model_type": "llama"}' }
          : { status: 404, body: '' },
      async () => {
        expect(JSON.parse(await hubConfig('org/name'))).toEqual({ model_type: 'llama' })
        await expect(hubConfig('org/none')).rejects.toMatchObject({ issues: [{ code: 'unknown_model' }] })
      },
    ))

  it('gives up on a hub that does not answer', () =>
    withHub(
      () => 'silence',
      async () => {
        const start = performance.now()
        await expect(hubConfig('org/name', 200)).rejects.toMatchObject({ issues: [{ code: 'offline' }] })
        expect(performance.now() - start).toBeLessThan(5000)
      },
    ))

  it('says what to do offline, and when a model is gated', async () => {
    process.env['HF_ENDPOINT'] = 'http://127.0.0.1:9'
    await expect(hubConfig('org/name', 2000)).rejects.toThrow('cannot be reached for org/name; save its config.json')
    await withHub(
      () => ({ status: 403, body: '{}' }),
      () =>
        expect(hubConfig('org/name')).rejects.toThrow(
          'refuses org/name (HTTP 403); check the name; a gated model needs',
        ),
    )
  })

  it.each(['name', 'a/b/c', '../../etc', 'org/', 'org/na me', '__proto__'])('refuses the name %j', async (name) => {
    await expect(hubConfig(name)).rejects.toThrow('is not a repository name; write hf:org/name')
  })
})

describe('scenarioInput', () => {
  const file = JSON.stringify({
    model: 'deepseek-v2',
    chip: 'h100-sxm',
    mapping: { tp: 8 },
    workload: 'summarise',
    chipHour: 2,
  })

  it('lets options override a file, and one way of laying out replace another', () =>
    inFolder({ 's.json': file }, async (folder) => {
      const base = { model: 'deepseek-v2', chip: 'h100-sxm', chipHour: 2 }
      expect(await scenarioInput({ scenario: 's.json', chips: '16' }, folder)).toEqual({
        ...base,
        workload: 'summarise',
        chips: 16,
      })
      expect(await scenarioInput({ scenario: 's.json', price: '3', engine: 'SGLang' }, folder)).toMatchObject({
        chipHour: 3,
        engine: 'sglang',
        mapping: { tp: 8 },
      })
      const split = await scenarioInput(
        { scenario: 's.json', prefillTp: '2', decodeWorkers: '3', decodeMoeEp: '4' },
        folder,
      )
      expect(split['mapping']).toBeUndefined()
      expect(split['disaggregated']).toEqual({
        prefill: { workers: 1, mapping: { tp: 2 } },
        decode: { workers: 3, mapping: { moeEp: 4 } },
      })
    }))

  it('refines a preset', async () => {
    const scenario = await scenarioInput({ model: 'a', chip: 'b', workload: 'summarise', concurrency: '4' }, ROOT)
    expect(scenario['workload']).toMatchObject({ isl: 8192, osl: 1024, concurrency: 4 })
  })

  it('wants --chips and the degrees to agree', async () => {
    expect(await scenarioInput({ model: 'a', chip: 'b', tp: '4', pp: '2', chips: '8' }, ROOT)).toMatchObject({
      mapping: { tp: 4, pp: 2 },
    })
    await expect(scenarioInput({ model: 'a', chip: 'b', tp: '4', chips: '8' }, ROOT)).rejects.toThrow(
      'chips: --tp, --pp and --dp make 4 chips, --chips says 8; leave one of them out',
    )
  })

  it('asks for model and chip', async () => {
    await expect(scenarioInput({ chip: 'h100' }, ROOT)).rejects.toThrow(
      'model: is required; give --model or --scenario',
    )
    await expect(scenarioInput({ model: 'x' }, ROOT)).rejects.toThrow('chip: is required')
  })

  it('resolves paths of a scenario file from where it lies', async () => {
    const scenario = await scenarioInput({ scenario: 'examples/own-model-on-own-chip.json' }, ROOT)
    expect(scenario['model']).toMatchObject({ id: 'own-model' })
    expect(scenario['chip']).toMatchObject({ id: 'own-chip' })
  })
})
