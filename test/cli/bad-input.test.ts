import { execFileSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findChip } from '../../src/catalog/index.ts'
import { ROOT, cli, inFolder } from './harness.ts'

const PREDICT = ['predict', '--model', 'deepseek-v2', '--chip', 'h100-sxm']
const OWN = ['predict', '--chip', 'h100-sxm', '--model']

/** Runs a line that must fail as bad input: exit 2, nothing on stdout, one `error:` line per issue, no stack. */
async function refused(argv: readonly string[], cwd: string = ROOT): Promise<string> {
  const { code, out, err } = await cli(argv, { cwd })
  expect(`${code} ${err}`).toMatch(/^2 error: /)
  expect(out).toBe('')
  for (const line of err.trimEnd().split('\n')) expect(line).toMatch(/^error: /)
  expect(err).not.toMatch(/NaN|\bat .*\.[jt]s:\d+|undefined/)
  const asJson = await cli([...argv, '--json'], { cwd })
  expect(asJson.code).toBe(2)
  const { schema, issues } = JSON.parse(asJson.out) as {
    schema: string
    issues: { code: string; path: unknown[]; message: string }[]
  }
  expect(schema).toBe('pincer.error.v1')
  expect(issues.length).toBe(err.trimEnd().split('\n').length)
  return err
}

describe('bad input is refused with the path and what to do', () => {
  it.each([
    [
      'an unknown chip',
      ['predict', '--model', 'deepseek-v2', '--chip', 'h10'],
      'chip: unknown chip "h10"; did you mean "h100"?',
    ],
    [
      'an unknown model',
      ['predict', '--model', 'deepsek-v2', '--chip', 'h100'],
      'model: unknown model "deepsek-v2"; did you mean deepseek-v2?',
    ],
    [
      'a model that is a property of objects',
      ['predict', '--model', '__proto__', '--chip', 'h100'],
      'model: unknown model "__proto__"',
    ],
    [
      'a chip that is a property of objects',
      [...PREDICT.slice(0, 3), '--chip', 'constructor'],
      'chip: unknown chip "constructor"',
    ],
    ['tp that does not divide the heads', [...PREDICT, '--tp', '3'], 'mapping.tp: tp 3 does not divide the 128 heads'],
    [
      'a model that does not fit',
      [...PREDICT, '--tp', '1'],
      /chips: .* use at least \d+ chips or a narrower precision/,
    ],
    [
      'a model that does not fit SRAM machines',
      [...PREDICT.slice(0, 3), '--chip', 'wse3', '--chips', '1'],
      /chips: .* do not fit 1 × WSE-3 .*; \d+ would hold them/,
    ],
    ['a negative number', [...PREDICT, '--isl', '-5'], 'workload.isl: '],
    ['zero', [...PREDICT, '--concurrency', '0'], 'workload.concurrency: '],
    ['an absurd number', [...PREDICT, '--osl', '1e300'], 'workload.osl: '],
    ['a fraction of a token', [...PREDICT, '--isl', '1.5'], 'workload.isl: '],
    ['no number', [...PREDICT, '--isl', '0x10'], 'workload.isl: "0x10" is not a number'],
    ['a price of nothing', [...PREDICT, '--price', '0'], 'chipHour: '],
    ['utilisation above one', [...PREDICT, '--utilisation', '1.5'], 'utilisation: '],
    ['acceptance above one', [...PREDICT, '--spec-draft', '2', '--spec-acceptance', '2'], 'speculation.acceptance: '],
    ['half of a draft', [...PREDICT, '--spec-draft', '2'], 'speculation.acceptance: is required'],
    ['an unknown format', [...PREDICT, '--precision', 'fp7'], 'precision: '],
    ['an unknown engine', [...PREDICT, '--engine', 'vlm'], 'engine: '],
    [
      'an unknown workload',
      [...PREDICT, '--workload', 'chatt'],
      'workload: unknown workload "chatt"; did you mean "chat"?',
    ],
    ['nothing at all', ['predict'], 'model: is required'],
    ['an unknown option', ['predict', '--modle', 'x'], "unknown option '--modle'; Did you mean --model?"],
    ['an option without its value', ['predict', '--model'], "option '--model <model>' argument missing"],
    ['an unknown command', ['predit'], "unknown command 'predit'; Did you mean predict?"],
    ['an argument too many', [...PREDICT, 'x'], "too many arguments for 'predict'"],
    [
      'an unknown part of the catalog',
      ['catalog', 'chps'],
      'kind: "chps" is no part of the catalog; did you mean "chips"?',
    ],
    ['an unknown source', ['catalog', 'sources', 'toString'], 'source: unknown source "toString"'],
    ['a price without a subject', ['catalog', 'prices', 'valueOf'], 'prices: no price is known of "valueOf"'],
    ['an unknown kind of file', ['validate', 'x.csv', '--kind', 'speed'], 'kind: "speed" is no kind of file'],
    ['a missing file', ['validate', 'none.csv'], 'none.csv: the file does not exist'],
    [
      'a negative price',
      ['compare', '--prices', 'h100=-4'],
      'prices.h100: a price must be a number of $ per hour above 0',
    ],
    [
      'negative training tokens',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--tokens', '-1'],
      'tokens: must be a number from 1 to 1,000,000,000,000,000,000, not -1',
    ],
    [
      'half a training token',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--tokens', '0.5'],
      'tokens: must be a number from 1 to',
    ],
    [
      'more training tokens than were ever written',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--tokens', '1e300'],
      'tokens: must be a number from 1 to',
    ],
    [
      'an endless sequence',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--sequence', '1e9'],
      'sequence: must be a whole number from 1 to 100,000,000, not 1000000000',
    ],
    [
      'half a chip',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--chips', '7.5'],
      'chips: must be a whole number from 1',
    ],
    [
      'more chips than sequences',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--chips', '1024', '--batch', '8192'],
      'batchTokens: no mapping gives each replica of 1024 chips one of the 2 sequences of a batch of 8192 tokens',
    ],
    [
      'a batch below one sequence',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--chips', '8', '--batch', '100'],
      'batchTokens: a batch of 100 tokens does not hold one sequence of 4096',
    ],
    [
      'an absurd training price',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--price', '1e300'],
      'price: must be a number above 0 to 1,000,000,000',
    ],
    [
      'a negative user speed',
      ['compare', '--user-speed', '-3'],
      'userSpeed: must be a number above 0 to 1,000,000, not -3',
    ],
    ['a user speed of nothing', ['compare', '--user-speed', '0'], 'userSpeed: must be a number above 0'],
    [
      'absurd training tokens of a comparison',
      ['compare', '--training-tokens', '1e40'],
      'trainingTokens: must be a number from 1 to 1,000,000,000,000,000,000, not 1e40',
    ],
    [
      'a price of a chip nobody knows',
      ['compare', '--prices', 'cerebas-wse3=2'],
      'prices.cerebas-wse3: unknown chip "cerebas-wse3"; did you mean "cerebras-wse3"?',
    ],
    ['a price of nothing like a chip', ['compare', '--prices', 'nope=2'], 'prices.nope: unknown chip "nope"; '],
    [
      'a model beyond what one system scales to',
      ['predict', '--model', 'kimi-k3', '--chip', 'groq', '--precision', 'fp8', '--concurrency', '1'],
      /chips: Kimi K3 .* takes \d+ × GroqChip .*; one system scales to 10440 .*; take a narrower precision/,
    ],
    [
      'degrees on an SRAM machine',
      ['predict', '--model', 'llama3-8b', '--chip', 'wse3', '--tp', '2', '--moe-ep', '4'],
      'mapping: has no meaning on cerebras-wse3, whose layout follows from its memory',
    ],
    [
      'pools on an SRAM machine',
      ['predict', '--model', 'llama3-8b', '--chip', 'wse3', '--prefill-workers', '2', '--decode-moe-tp', '4'],
      'disaggregated: has no meaning on cerebras-wse3',
    ],
    [
      'one mapping beside pools',
      [...PREDICT, '--tp', '8', '--prefill-tp', '8', '--decode-tp', '8'],
      '--tp: --tp has no meaning beside --prefill-tp, --decode-tp; give each pool its own',
    ],
    [
      'chips beside pools',
      [...PREDICT, '--chips', '8', '--decode-workers', '1'],
      '--chips: --chips has no meaning beside --decode-workers',
    ],
    [
      'a training run that does not fit',
      ['train', '--model', 'deepseek-v2', '--chip', 'h100', '--chips', '1', '--tokens', '1e9'],
      'chips: ',
    ],
    [
      'an unknown recomputation',
      ['train', '--model', 'llama3-8b', '--chip', 'h100', '--recompute', 'some'],
      'recompute: "some" is none of',
    ],
  ])('%s', async (_, argv, message) => {
    expect(await refused(argv)).toMatch(message)
  })

  const CONFIGS: readonly (readonly [string, string, string | RegExp])[] = [
    ['an unknown family', '{"model_type": "lama"}', 'model_type: unknown model family "lama"; did you mean llama?'],
    ['no family', '{"hidden_size": 5}', 'model_type: '],
    ['missing fields', '{"model_type": "llama"}', /error: \w+: the config lacks this field/],
    ['a negative size', '{"model_type": "llama", "hidden_size": -4}', 'hidden_size: expected a whole number'],
    ['text for a number', '{"model_type": "llama", "hidden_size": "big"}', 'hidden_size: expected a whole number'],
    [
      'malformed JSON',
      '{"model_type": "llama",\n  "hidden_size" 4}',
      'm.json: line 2, column 17: found "4" where ":" was expected',
    ],
    ['no object', '[1, 2]', 'a model config must be a JSON object'],
    ['nothing', '', 'm.json: line 1, column 1: the text ends'],
    [
      'a prototype',
      '{"model_type": "llama", "__proto__": {"hidden_size": 4}}',
      'm.json.__proto__: this key is not accepted',
    ],
    [
      'a key given twice',
      '{"model_type": "llama", "num_hidden_layers": 8,\n "num_hidden_layers": 80}',
      'm.json: line 2, column 2: the key "num_hidden_layers" stands twice in one object',
    ],
    ['deep nesting', '['.repeat(500_000), 'm.json: nested too deeply'],
    ['absurd counts', '{"totalParams": -5, "activeParams": 1}', 'totalParams: '],
    ['counts that are text', '{"totalParams": "many"}', 'totalParams: '],
  ]

  it.each(CONFIGS)('a config with %s', async (_, text, message) =>
    inFolder({ 'm.json': text }, async (folder) => {
      expect(await refused([...OWN, './m.json'], folder)).toMatch(message)
    }),
  )

  const CHIPS: readonly (readonly [string, string, string])[] = [
    ['nothing in it', '{}', 'error: memory: is missing'],
    [
      'a negative bandwidth',
      '{"id": "c", "kind": "hbm", "memory": [{"name": "hbm", "capacity": 8e10, "bandwidth": -1}], "peak": {"bf16": 1e15}}',
      'must not be negative',
    ],
    ['an unknown field', '{"id": "c", "kind": "hbm", "memroy": []}', 'memroy'],
    [
      'a latency on an HBM machine',
      '{"id": "c", "kind": "hbm", "memory": [{"name": "hbm", "capacity": 8e10, "bandwidth": 1e12}], "peak": {"bf16": 1e15}, "latency": {"operator": 1e-6}}',
      'latency: has no meaning on an "hbm" machine; leave it out',
    ],
    [
      'a latency of nothing',
      '{"id": "c", "kind": "sram", "memory": [{"name": "sram", "capacity": 8e10, "bandwidth": 1e12}], "peak": {"bf16": 1e15}, "latency": {"operator": 0}}',
      'latency.operator: must not be 0',
    ],
    [
      'a misspelled latency',
      '{"id": "c", "kind": "sram", "memory": [{"name": "sram", "capacity": 8e10, "bandwidth": 1e12}], "peak": {"bf16": 1e15}, "latency": {"operater": 1e-6}}',
      'did you mean "operator"?',
    ],
    ['an array', '[]', 'error: '],
    ['a prototype', '{"id": "c", "constructor": 1}', 'c.json.constructor: this key is not accepted'],
  ]

  /** A chip of the catalog as a file, changed. */
  const changed = (id: string, change: (chip: Record<string, unknown>) => object): string => {
    const { aliases: _, ...chip } = structuredClone(findChip(id)) as unknown as Record<string, unknown>
    return JSON.stringify({ ...chip, id: 'my-chip', name: 'mine', ...change(chip) })
  }
  const NO_LINK = { bandwidth: { unknown: 'not measured' } }
  const corsair = (change: (memory: { bandwidth: object; capacity: object }[]) => object[]): string =>
    changed('dmatrix-corsair', ({ memory }) => ({
      memory: change(memory as { bandwidth: object; capacity: object }[]),
    }))

  const SRAM_CHIPS: readonly (readonly [string, string, string])[] = [
    [
      'no links where the model takes several',
      changed('groq-lpu-v1', () => ({ scaleUp: { ...NO_LINK, domain: { unknown: 'not known' } }, scaleOut: NO_LINK })),
      'chip.scaleUp.bandwidth: my-chip has no link with a known bandwidth, and the model takes more than one machine; give the bandwidth of its links in B/s',
    ],
    [
      'tiers the wrong way round',
      corsair(([sram, lpddr]) => [lpddr!, sram!]),
      'memory.1.bandwidth: is faster than the tier before it (150000000000000 against 400000000000 B/s); list tiers fastest first',
    ],
    [
      'an empty tier',
      corsair(([sram, lpddr]) => [{ ...sram!, capacity: { ...sram!.capacity, value: 0 } }, lpddr!]),
      'memory.0.capacity.value: must not be 0; leave the field out',
    ],
  ]

  it.each(SRAM_CHIPS)('an SRAM chip with %s', async (_, text, message) =>
    inFolder({ 'c.json': text }, async (folder) => {
      expect(await refused(['predict', '--model', 'llama3-70b', '--chip', './c.json'], folder)).toContain(message)
    }),
  )

  it.each(CHIPS)('a chip with %s', async (_, text, message) =>
    inFolder({ 'c.json': text }, async (folder) => {
      expect(await refused(['predict', '--model', 'llama3-8b', '--chip', './c.json'], folder)).toContain(message)
    }),
  )

  const SCENARIOS: readonly (readonly [string, string, string])[] = [
    [
      'an unknown field',
      '{"model": "llama3-8b", "chip": "h100", "chipp": 1}',
      'chipp: unknown field "chipp"; did you mean "chip"?',
    ],
    ['a list', '[]', 's.json: a scenario must be a JSON object'],
    ['a chip of the wrong type', '{"model": "llama3-8b", "chip": 5}', 'chip: '],
    [
      'an unknown degree',
      '{"model": "llama3-8b", "chip": "h100", "mapping": {"tpp": 2}}',
      'mapping.tpp: unknown field',
    ],
    ['a path to nowhere', '{"model": "./m.json", "chip": "h100"}', './m.json: the file does not exist'],
  ]

  it.each(SCENARIOS)('a scenario with %s', async (_, text, message) =>
    inFolder({ 's.json': text }, async (folder) => {
      expect(await refused(['predict', '--scenario', 's.json'], folder)).toContain(message)
    }),
  )

  it('a file of 100 MB, whatever it is given as', () =>
    inFolder({ 'big.json': '', 'big.csv': '' }, async (folder) => {
      for (const name of ['big.json', 'big.csv']) truncateSync(join(folder, name), 100e6)
      for (const argv of [
        [...OWN, './big.json'],
        ['predict', '--model', 'llama3-8b', '--chip', './big.json'],
        ['predict', '--scenario', 'big.json'],
        ['compare', '--prices', './big.json'],
        ['compare', '--workload', './big.json'],
        ['validate', 'big.csv'],
      ]) {
        expect(await refused(argv, folder)).toMatch(/big\.\w+: the file has 95 MiB; the limit is 16 MiB/)
      }
    }))

  it('devices and named pipes, which may never end or start', () =>
    inFolder({}, async (folder) => {
      execFileSync('bash', ['-c', 'mkfifo pipe.json'], { cwd: folder })
      for (const path of ['/dev/zero', '/dev/null', './pipe.json']) {
        expect(await refused([...OWN, path], folder)).toContain(`${path}: the file is no regular file`)
      }
      expect(await refused(['validate', 'pipe.json'], folder)).toContain('pipe.json: the file is no regular file')
    }))

  it('shows control characters of an input instead of sending them on', async () => {
    const err = await refused(['predict', '--model', '\u001B[2Jx', '--chip', 'h100'])
    expect(err).not.toContain('\u001B')
    expect(err).toContain('\\x1b[2Jx')
  })
})
