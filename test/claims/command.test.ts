import { describe, expect, it } from 'vitest'
import { spanOf } from '../../src/claims/deployment.ts'
import { type Verdict, outcomeOf, verdicts } from '../../src/index.ts'
import type { Prediction } from '../../src/predict/index.ts'
import { cliJson, inFolder, cli } from '../cli/harness.ts'

/** One line of a shell: `echo '…' > scenario.json && pincer predict … && pincer …`, run in process. */
async function documents(command: string): Promise<unknown[]> {
  const found: unknown[] = []
  const files: Record<string, string> = {}
  for (const part of command.split(' && ')) {
    const [, text, name] = /^echo '(.*)' > (\S+)$/.exec(part) ?? []
    if (text !== undefined && name !== undefined) {
      files[name] = text
      continue
    }
    const argv = [...part.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!).slice(1)
    found.push(await inFolder(files, (cwd) => cliJson(argv, { cwd })))
  }
  return found
}

const all = verdicts()
const known = (verdict: Verdict): Extract<Verdict['quantity'], { value: number }> => {
  if ('unknown' in verdict.quantity) throw new Error(verdict.quantity.unknown)
  return verdict.quantity
}
const isKnown = ({ quantity }: Verdict): boolean => !('unknown' in quantity)
const ofKind = (kind: string): Verdict[] =>
  all.filter((verdict) => verdict.claim.test.kind === kind && isKnown(verdict))

describe('every verdict is shown by its command', () => {
  it.each(ofKind('deployment').map((verdict) => [verdict.claim.id, verdict] as const))('%s', async (_id, verdict) => {
    const { test } = verdict.claim
    if (test.kind !== 'deployment') throw new Error('another test')
    const [of, to] = (await documents(verdict.command)) as Prediction[]
    const value = (prediction: Prediction): number => {
      const span = spanOf(prediction, test.measure)
      if ('unknown' in span) throw new Error(span.unknown)
      return span.value
    }
    const shown = to === undefined ? value(of!) : value(of!) / value(to)
    expect(shown / known(verdict).value).toBeCloseTo(1, 9)
  })

  it.each(ofKind('run').map((verdict) => [verdict.claim.id, verdict] as const))('%s', async (_id, verdict) => {
    const { test } = verdict.claim
    if (test.kind !== 'run') throw new Error('another test')
    const [run] = (await documents(verdict.command)) as Record<string, { value: number; band90: [number, number] }>[]
    const { value, band90 } = run![test.measure]!
    const quantity = { ...known(verdict), value, lo: band90[0], hi: band90[1] }
    expect(value / known(verdict).value).toBeCloseTo(1, 9)
    expect(outcomeOf(verdict.asserted, quantity)).toBe(verdict.verdict)
  })

  it.each(ofKind('training').map((verdict) => [verdict.claim.id, verdict] as const))('%s', async (_id, verdict) => {
    const [sparse, dense] = (await documents(verdict.command)) as { chipHours: { value: number } }[]
    expect(sparse!.chipHours.value / dense!.chipHours.value / known(verdict).value).toBeCloseTo(1, 9)
  })

  it.each(
    ['cost', 'chips', 'memory', 'latency', 'count', 'market', 'cited'].flatMap((kind) =>
      all.filter(({ claim }) => claim.test.kind === kind).map((verdict) => [verdict.claim.id, verdict] as const),
    ),
  )('the command of %s runs', async (_id, { command }) => {
    expect((await documents(command)).length).toBeGreaterThan(0)
  })
})

describe('verdicts of the catalog', () => {
  it('cover the article and at least fifteen claims of others', () => {
    const others = all.filter(({ claim }) => claim.source !== 'techflow-ai-revolution')
    expect(others.length).toBeGreaterThanOrEqual(15)
    expect(all.length - others.length).toBeGreaterThanOrEqual(20)
  })
})

describe('claims of one’s own', () => {
  it('YAML and JSON are judged alike, and by the path that judges the catalog', async () => {
    const fromYaml = await cliJson<{ verdicts: Verdict[] }>(['claims', '--file', 'examples/claims.yaml'])
    expect(fromYaml.verdicts.map(({ claim }) => claim.id)).toEqual(['vendor-deck-70b', 'twice-as-cheap'])
    const json = JSON.stringify(fromYaml.verdicts.map(({ claim }) => claim))
    await inFolder({ 'mine.json': json }, async (cwd) => {
      const fromJson = await cliJson<{ verdicts: Verdict[] }>(['claims', '--file', 'mine.json'], { cwd })
      expect(fromJson).toEqual(fromYaml)
    })
    const { out } = await cli(['claims', '--file', 'examples/claims.yaml', 'twice-as-cheap'])
    expect(out).toMatch(/twice-as-cheap: (?:holds|does not hold)/)
  })

  const claim = (change: object): string =>
    JSON.stringify([
      {
        id: 'x',
        text: 'x',
        reading: 'x',
        source: 'x',
        asserts: { quantity: 'output', atLeast: 1, unit: 'tokens/s' },
        test: { kind: 'deployment', of: { model: 'llama3-8b', chip: 'h100' }, measure: 'output', source: 'x' },
        ...change,
      },
    ])
  it.each([
    ['no list', '{}', /error: /],
    ['a test that is none', claim({ test: { kind: 'feeling' } }), /0\.test\.kind/],
    ['no bound', claim({ asserts: { quantity: 'x', unit: 'x' } }), /0\.asserts/],
    [
      'a model nobody knows',
      claim({ test: { kind: 'deployment', of: { model: 'nope', chip: 'h100' }, measure: 'output', source: 'x' } }),
      /unknown model "nope"/,
    ],
    [
      'a measure nobody knows',
      claim({ test: { kind: 'deployment', of: {}, measure: 'beauty', source: 'x' } }),
      /0\.test\.measure/,
    ],
  ])('refuses %s', async (_what, text, message) => {
    await inFolder({ 'mine.json': text }, async (cwd) => {
      const { code, err } = await cli(['claims', '--file', 'mine.json'], { cwd })
      expect(code).toBe(2)
      expect(err).toMatch(message)
    })
  })
})
