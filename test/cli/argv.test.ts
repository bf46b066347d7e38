import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cli, inFolder } from './harness.ts'

const FILES = {
  'config.json': '{"model_type": "llama", "hidden_size": 64}',
  'deep.json': '[['.repeat(100),
  'rows.csv':
    'id,model,chip,precision,engine,isl,osl,concurrency,tp\na,llama3-8b,h100,fp8,vllm,10,10,1,1\nb,x,y,,,,,,\n',
}
const COMMANDS = 'predict fit explain solve train tiers claims catalog validate help compar'.split(' ')
const FLAGS =
  '--model --chip --chips --tp --moe-ep --isl --concurrency --workload --price --precision --scenario --tokens --prices --models --kind --out --json --explain --help --version -- --prefill-tp --fast --slow --routing --users --within --free --speed --cost --ratio --against --context --by'.split(
    ' ',
  )
const WORDS =
  'deepseek-v2 mixtral-8x7b llama3-8b h100 wse3 chips models prices sources published training chat 8/8 fp8 1 8 -1 0 1e300 1e-300 price concurrency=1..9 peak.fp8 NaN Infinity __proto__ constructor . ./config.json deep.json rows.csv out.csv {"isl":5} {"isl" h100=2 h100= = 80GB@1TB/s 1TB@9GB/s,5us power:1'.split(
    ' ',
  )
const VALUES = [...WORDS, '', ' ', '\u001B[2J', '💥', 'a'.repeat(5000)]

// Anything a shell could hand over, but for paths out of the folder and the hub.
const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS) },
  { weight: 6, arbitrary: fc.constantFrom(...VALUES) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[/\\~]|^hf:|^\.\./.test(text)),
  },
)

describe('any command line', () => {
  it(
    'ends with exit 0 or 2, without a stack trace, and a JSON document where one is asked for',
    () =>
      inFolder(FILES, async (cwd) => {
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 8 }), async (command, words) => {
            const { code, out, err } = await cli([command, ...words], { cwd })
            expect(`${code} ${err}`).toMatch(/^(0 |2 error: )/)
            expect(err).not.toMatch(/\n {4}at |internal error/)
            expect(out).not.toMatch(/\bNaN\b(?! is not)/)
          }),
          { numRuns: 400 },
        )
      }),
    60_000,
  )

  it(
    'that nearly makes sense ends well too',
    () =>
      inFolder(FILES, async (cwd) => {
        const option = fc.tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...VALUES))
        await fc.assert(
          fc.asyncProperty(
            fc.constantFrom('predict', 'train', 'tiers', 'explain'),
            fc.array(option, { maxLength: 3 }),
            async (command, options) => {
              const model = command === 'tiers' ? 'mixtral-8x7b' : 'llama3-8b'
              const base = [command, '--model', model, '--chip', 'h100']
              const { code, err } = await cli([...base, ...options.flat()], { cwd })
              expect(`${code} ${err}`).toMatch(/^(0 |2 error: )/)
            },
          ),
          { numRuns: 400 },
        )
      }),
    60_000,
  )
})
