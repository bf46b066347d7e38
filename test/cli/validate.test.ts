import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Score } from '../../cli/validate/score.ts'
import { predict } from '../../src/index.ts'
import { PUBLISHED } from '../../cli/validate/published.ts'
import { SERVING } from '../../cli/validate/serving.ts'
import { TRAINING } from '../../cli/validate/training.ts'
import { cli, cliJson, inFolder } from './harness.ts'

interface Report {
  readonly kind: string
  readonly rows: number
  readonly predicted: number
  readonly refused: readonly { readonly id: string; readonly code: string; readonly reason: string }[]
  readonly ignored: { readonly count: number; readonly cells: readonly object[] }
  readonly warnings: readonly string[]
  readonly ttft: Score
  readonly tpot: Score
  readonly chip_hours: Score
  readonly mfu_pct: Score
  readonly by: Readonly<
    Record<string, Readonly<Record<string, { rows: number; predicted: number; tpot: Score | null }>>>
  >
}

const HEADER =
  'id,model,chip,precision,engine,engine_version,mode,isl,osl,concurrency,tp,pp,dp_attention,moe_tp,moe_ep,prefill_workers,prefill_tp,prefill_moe_tp,decode_workers,decode_tp,decode_moe_tp,spec_decode,measured,ttft_ms,tpot_ms,extra'
const ROWS = [
  'a,llama3.1-8b,h100-sxm,fp8,vllm,1,aggregated,1024,1024,16,1,1,1,1,1,,,,,,,off,2026-01-01,100,8,x',
  'b,llama3.1-70b,h200_sxm,fp8,trtllm,1,aggregated,1024,1024,32,4,1,1,4,1,,,,,,,likely-off,,200,20,x',
  'c,deepseek-r1,b200-sxm,fp8,sglang,1,aggregated,1024,1024,8,8,1,1,8,1,,,,,,,on,,300,9,x',
  'd,deepseek-r1,b200-sxm,fp4,sglang,1,disaggregated,1024,1024,8,,,,,,2,4,4,1,8,8,unknown,,400,10,x',
  'e,deepseek-r1,b200-sxm,fp4,sglang,1,disaggregated,1024,1024,8,,,,,,,,,,,,unknown,,400,10,x',
  'f,deepseek-r1,b200-sxm,fp8,sglang,1,aggregated,1024,1024,8,256,1,1,256,1,,,,,,,off,,400,10,x',
  'g,nobody/nothing,b200-sxm,fp8,sglang,1,aggregated,1024,1024,8,1,1,1,1,1,,,,,,,off,,400,10,x',
  'h,llama3.1-8b,h100-sxm,fp8,vllm,1,aggregated,1024,1024,many,1,1,1,1,1,,,,,,,off,,400,10,x',
]
const FILE = [HEADER, ...ROWS].join('\n')

/** `text` with the cells of `columns` blanked. */
function blanked(text: string, columns: readonly string[]): string {
  const [header = '', ...rows] = text.split('\n')
  const places = header.split(',').map((name) => columns.includes(name))
  return [
    header,
    ...rows.map((row) =>
      row
        .split(',')
        .map((cell, c) => (places[c] === true ? '' : cell))
        .join(','),
    ),
  ].join('\n')
}

describe('validate', () => {
  it('predicts what can be predicted and refuses the rest with reasons', () =>
    inFolder({ 'f.csv': FILE }, async (cwd) => {
      const report = await cliJson<Report>(['validate', 'f.csv', '--out', 'p.csv'], { cwd })
      expect(report).toMatchObject({ kind: 'serving', rows: 8, predicted: 4 })
      expect(report.refused.map(({ id, code }) => `${id} ${code}`)).toEqual([
        'e missing_field',
        'f invalid_mapping',
        'g unknown_model',
        'h invalid_value',
      ])
      expect(report.by['mode']?.['disaggregated']).toMatchObject({ rows: 2, predicted: 1 })
      expect(report.by['spec_decode']?.['on']?.tpot?.n).toBe(1)
      expect(report.by['mode_spec']?.['aggregated, drafts off or likely']?.rows).toBe(5)
      const lines = readFileSync(join(cwd, 'p.csv'), 'utf8').trim().split('\n')
      expect(lines[0]).toBe('id,ttft_ms,ttft_lo,ttft_hi,tpot_ms,tpot_lo,tpot_hi,reason')
      expect(lines).toHaveLength(9)
      const asked = predict({
        model: 'llama3.1-8b',
        chip: 'h100-sxm',
        precision: 'fp8',
        engine: 'vllm',
        mapping: { tp: 1 },
        workload: { isl: 1024, osl: 1024, concurrency: 16, rounds: 10 },
        streamInterval: 'harness',
        // The recipe of public benchmarks: two prompts.
        tokenBudget: 2048,
      })
      const [id, ttft, lo, , tpot] = lines[1]!.split(',')
      expect(id).toBe('a')
      expect(Number(ttft)).toBeCloseTo(asked.ttft.value * 1e3, 2)
      expect(Number(lo)).toBeCloseTo(asked.ttft.lo * 1e3, 2)
      expect(Number(tpot)).toBeCloseTo(asked.tpot.value * 1e3, 3)
      expect(lines[6]).toMatch(/^f,,,,,,,"mapping.tp: tp 256 does not divide/)
    }))

  it('scores by hand-checked numbers', () =>
    inFolder({ 'f.csv': [HEADER, ROWS[0], ROWS[1]].join('\n') }, async (cwd) => {
      const report = await cliJson<Report>(['validate', 'f.csv', '--out', 'p.csv'], { cwd })
      const predicted = readFileSync(join(cwd, 'p.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[4]))
      const errors = [Math.abs(predicted[0]! / 8 - 1), Math.abs(predicted[1]! / 20 - 1)]
      const { tpot } = report
      expect(tpot.mean).toBeCloseTo((errors[0]! + errors[1]!) / 2, 5)
      expect(tpot.n).toBe(2)
    }))

  it('predicts the same with measured columns blanked, absent or absurd', () =>
    inFolder(
      {
        'full.csv': FILE,
        'blank.csv': blanked(FILE, ['ttft_ms', 'tpot_ms', 'measured', 'extra']),
        'other.csv': FILE.replaceAll(/,\d+,\d+,x/g, ',1,99999,x'),
      },
      async (cwd) => {
        const outs: string[] = []
        for (const name of ['full', 'blank', 'other']) {
          const { code } = await cli(['validate', `${name}.csv`, '--out', `${name}.out`], { cwd })
          expect(code).toBe(0)
          outs.push(readFileSync(join(cwd, `${name}.out`), 'utf8'))
        }
        expect(outs[1]).toBe(outs[0])
        expect(outs[2]).toBe(outs[0])
        const { out } = await cli(['validate', 'blank.csv'], { cwd })
        expect(out).toContain('holds no measured values')
      },
    ))

  it.each([SERVING, PUBLISHED, TRAINING])(
    'keeps inputs and measured columns of $name apart',
    ({ inputs, metrics, required }) => {
      expect(metrics.filter(({ column }) => inputs.includes(column))).toEqual([])
      expect(required.filter((column) => !inputs.includes(column))).toEqual([])
      expect(inputs.filter((column) => /ttft|tpot|tok_s|throughput|power|hours|mfu|aic/.test(column))).toEqual([])
    },
  )

  it('takes configs from --models for ids nobody knows, and lets them win', () =>
    inFolder({ 'f.csv': FILE }, async (cwd) => {
      const config = {
        model_type: 'llama',
        hidden_size: 1024,
        intermediate_size: 4096,
        num_hidden_layers: 8,
        num_attention_heads: 8,
        vocab_size: 32_000,
        max_position_embeddings: 8192,
      }
      writeFileSync(join(cwd, 'nobody__nothing.json'), JSON.stringify(config))
      const { predicted, refused } = await cliJson<Report>(['validate', 'f.csv', '--models', '.'], { cwd })
      expect(predicted).toBe(5)
      expect(refused.map(({ id }) => id)).not.toContain('g')
      writeFileSync(join(cwd, 'nobody__nothing.json'), '{"model_type": "lama"}')
      const again = await cliJson<Report>(['validate', 'f.csv', '--models', '.'], { cwd })
      expect(again.refused.find(({ id }) => id === 'g')?.reason).toContain('unknown model family')
    }))

  it('writes no half of a file, and none at all when the input is broken', () =>
    inFolder({ 'f.csv': `${FILE}\nbroken,row` }, async (cwd) => {
      const { code, err } = await cli(['validate', 'f.csv', '--out', 'p.csv'], { cwd })
      expect(code).toBe(2)
      expect(err).toBe('error: f.csv: row 9 has 2 cells where the header has 26\n')
      expect(() => readFileSync(join(cwd, 'p.csv'))).toThrow('ENOENT')
      expect((await cli(['validate', 'f.csv', '--out', 'none/p.csv'], { cwd })).code).toBe(2)
    }))

  it('never writes over the measurements, under whatever name', () =>
    inFolder({ 'f.csv': FILE }, async (cwd) => {
      symlinkSync(join(cwd, 'f.csv'), join(cwd, 'link.csv'))
      for (const [file, out] of [
        ['f.csv', 'f.csv'],
        ['f.csv', './link.csv'],
        ['link.csv', 'f.csv'],
      ] as const) {
        const { code, err } = await cli(['validate', file, '--out', out], { cwd })
        expect(`${code} ${err}`).toContain(`2 error: out: "${out}" is the file of measurements`)
        expect(readFileSync(join(cwd, 'f.csv'), 'utf8')).toBe(FILE)
      }
    }))

  it('refuses rows of unknown mode or drafting, by column', () =>
    inFolder(
      { 'f.csv': [HEADER, ROWS[0]!.replace('aggregated', 'agregated'), ROWS[0]!.replace(',off,', ',of,')].join('\n') },
      async (cwd) => {
        const { refused } = await cliJson<Report>(['validate', 'f.csv'], { cwd })
        expect(refused.map(({ code, reason }) => `${code} ${reason}`)).toEqual([
          'invalid_value mode: "agregated" is none of aggregated, disaggregated; did you mean "aggregated"?',
          expect.stringMatching(/^invalid_value spec_decode: "of" is none of on, likely-on, off, /),
        ])
      },
    ))

  it('lists measured cells that hold no number above 0, and scores the others', () => {
    const cells = ['-5', 'abc', 'NaN', 'Infinity', '0', '0x10', '1e400', '8']
    const rows = cells.map((cell, i) => ROWS[0]!.replace('a,', `r${i},`).replace(',100,8,x', `,100,${cell},x`))
    return inFolder({ 'f.csv': [HEADER, ...rows].join('\n') }, async (cwd) => {
      const { ignored, tpot, ttft } = await cliJson<Report>(['validate', 'f.csv'], { cwd })
      expect(ignored.count).toBe(7)
      expect(ignored.cells[1]).toEqual({ row: 2, id: 'r1', column: 'tpot_ms', text: 'abc' })
      expect([ttft.n, tpot.n]).toEqual([8, 1])
      const { out } = await cli(['validate', 'f.csv'], { cwd })
      expect(out).toContain('hold no number above 0 and are not scored, 7')
      expect(out).toContain('row 1 (r0): tpot_ms "-5"')
      const all = [...rows, ...rows].join('\n')
      writeFileSync(join(cwd, 'f.csv'), `${HEADER}\n${all}`)
      const more = await cliJson<Report>(['validate', 'f.csv'], { cwd })
      expect([more.ignored.count, more.ignored.cells.length]).toEqual([14, 10])
      expect((await cli(['validate', 'f.csv'], { cwd })).out).toContain('and 4 more')
    })
  })

  it('warns of ids that several rows have', () =>
    inFolder({ 'f.csv': [HEADER, ROWS[0], ROWS[1], ROWS[0]].join('\n') }, async (cwd) => {
      const { warnings, tpot } = await cliJson<Report>(['validate', 'f.csv'], { cwd })
      expect(warnings).toEqual(['ids that several rows have: "a" (rows 1, 3); every row is predicted and scored'])
      expect(tpot.n).toBe(3)
      expect((await cli(['validate', 'f.csv'], { cwd })).out).toContain('ids that several rows have: "a" (rows 1, 3)')
      writeFileSync(join(cwd, 'f.csv'), [HEADER, ROWS[0], ROWS[1]].join('\n'))
      expect((await cliJson<Report>(['validate', 'f.csv'], { cwd })).warnings).toEqual([])
    }))

  it('names the columns that a file lacks', () =>
    inFolder({ 'f.csv': 'id,model,chip,precision,engine,isl,osl\n' }, async (cwd) => {
      const { code, err } = await cli(['validate', 'f.csv'], { cwd })
      expect(code).toBe(2)
      expect(err).toContain('error: f.csv: the header lacks column "concurrency"')
    }))
})

describe('validate --kind published', () => {
  const file = [
    'id,model,total_params_b,active_params_b,chip,n_chips,tok_s_per_user,throughput_tok_s,concurrency,context,precision,spec_decode,power_w,date,scenario',
    'a,llama3-70b,70.6,70.6,cerebras_wse3,4,450,,,,16-bit,no,,2024-08,',
    'b,made-up-by-nobody,120,10,groq_lpu_v1,576 (secondary),400,,,up to 131k,,,,2026-01,',
    'c,llama2-70b,69,69,h100_sxm,8,,30000,,,fp8,,,2025-09,Offline',
    'd,llama2-70b,69,69,h100_sxm,8,,20000,,,fp8,,,2025-09,Interactive',
    'e,llama2-70b,69,69,mi300x+mi325x,16,,50000,,,fp8,,,2025-09,Offline',
    'f,llama3-70b,70.6,70.6,tpu_v6e,8,39,2500,64,1000/1000,bf16,no,,2026,',
    'g,nobody-knows,,,h100_sxm,8,10,,,,,,,,',
    'h,llama3-8b,8,8,h100_sxm+nochip,8,10,,,,,,,,',
  ].join('\n')

  it('answers SRAM machines, benchmark scenarios, mixed fleets and stated loads', () =>
    inFolder({ 'f.csv': file }, async (cwd) => {
      const report = await cliJson<Report>(['validate', 'f.csv', '--kind', 'published', '--out', 'p.csv'], { cwd })
      expect(report.refused.map(({ id, code }) => `${id} ${code}`)).toEqual(['g unknown_model', 'h unknown_chip'])
      const rows = new Map(
        readFileSync(join(cwd, 'p.csv'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => [line.split(',')[0], line.split(',').slice(1, 4).map(Number)]),
      )
      expect(readFileSync(join(cwd, 'p.csv'), 'utf8')).toMatch(/^id,tok_s_per_user,throughput_tok_s,power_w,reason\n/)
      // A limit on the time per token costs throughput.
      expect(rows.get('d')![1]).toBeLessThan(rows.get('c')![1]!)
      expect(rows.get('a')![2]).toBeGreaterThan(4 * 10_000)
      expect(report.by['machine']?.['SRAM or dataflow']?.rows).toBe(2)
    }))

  const labelled = (columns: string, cells: string): string =>
    `id,model,chip,${columns}\na,llama3-70b,h100_sxm,${cells}`

  it.each([
    ['context', '1e6'],
    ['context', 'abc'],
    ['context', '-1000'],
    ['context', '0'],
    ['context', '1.5'],
    ['context', '1k/2k/3k'],
    ['context', '1k/'],
    ['context', 'avg KV many tokens'],
    ['concurrency', '-4'],
    ['concurrency', '1e2'],
    ['concurrency', '2.5'],
    ['concurrency', '0'],
    ['n_chips', '-2'],
    ['n_chips', '8 or so'],
    ['n_chips', '99999999'],
    ['precision', 'zzz'],
    ['scenario', 'Offlin'],
  ])('refuses a row whose %s is %s', (column, cell) =>
    inFolder({ 'f.csv': labelled(column, cell) }, async (cwd) => {
      const { refused, warnings } = await cliJson<Report>(['validate', 'f.csv', '--kind', 'published'], { cwd })
      expect(refused.map(({ reason }) => reason.split(':')[0])).toEqual([column])
      expect(refused[0]?.reason).toContain(cell)
      expect(warnings).toEqual([])
      writeFileSync(join(cwd, 'f.csv'), labelled(column, cell).replace('h100_sxm', 'groq_lpu_v1'))
      const sram = await cliJson<Report>(['validate', 'f.csv', '--kind', 'published'], { cwd })
      expect(sram.refused.map(({ reason }) => reason.split(':')[0])).toEqual([column])
    }),
  )

  it.each([
    ['context', '4096', '4,096'],
    ['context', '8k', '8000'],
    ['context', '1k/1k', '1000/1000'],
    ['context', 'avg KV 4,989 tokens', '4989'],
    ['context', 'up to 131k', ''],
    ['context', 'UNSET', ''],
    ['concurrency', '64 (per replica)', '64'],
    ['n_chips', '16 (secondary)', '16'],
    ['n_chips', 'not stated', ''],
    ['precision', 'FP8 matmul/BF16 MLA', 'fp8'],
    ['precision', 'FP8 weights, 6-bit KV', '8-bit'],
    ['precision', 'UNSET', ''],
  ])('reads a %s of “%s” as “%s”', (column, cell, plain) =>
    inFolder({ 'f.csv': '' }, async (cwd) => {
      const answers: string[] = []
      for (const text of [cell, plain]) {
        writeFileSync(join(cwd, 'f.csv'), labelled(column, `"${text}"`))
        const report = await cliJson<Report>(['validate', 'f.csv', '--kind', 'published', '--out', 'p.csv'], { cwd })
        expect(report.predicted).toBe(1)
        const isNoted = text !== '' && plain === ''
        expect(report.warnings).toEqual(isNoted ? [`${column} "${text}" is read as not stated (1 row)`] : [])
        answers.push(readFileSync(join(cwd, 'p.csv'), 'utf8'))
      }
      expect(answers[0]).toBe(answers[1])
    }),
  )

  it('scales with the chips of a fleet', () =>
    inFolder({ 'f.csv': file.replaceAll('h100_sxm,8,,30000', 'h100_sxm,16,,30000') }, async (cwd) => {
      const at = async (text: string): Promise<number> => {
        writeFileSync(join(cwd, 'g.csv'), text)
        await cli(['validate', 'g.csv', '--kind', 'published', '--out', 'p.csv'], { cwd })
        return Number(readFileSync(join(cwd, 'p.csv'), 'utf8').split('\n')[3]!.split(',')[2])
      }
      const sixteen = await at(readFileSync(join(cwd, 'f.csv'), 'utf8'))
      expect(sixteen / (await at(file))).toBeCloseTo(2, 3)
    }))
})

describe('validate --kind training', () => {
  const file = [
    'id,model,arch,total_params_b,active_params_b,tokens_b,chip,n_chips,chip_hours,mfu_pct,notes',
    'a,Llama 3.1 405B,dense,405.853,405.853,15600,h100_sxm,16384,30840000,41,',
    'b,Some Model (a recipe),moe,100,10,,tpu_v6e,,,36,',
    'c,Another,moe,100,,300,tpu_v3,1024,663552,,',
    'd,DeepSeek-V3 pre-training,moe,671,37,14800,h800_sxm,2048,2664000,,FP8 training',
  ].join('\n')

  it('predicts chip-hours and MFU', () =>
    inFolder({ 'f.csv': file }, async (cwd) => {
      const report = await cliJson<Report>(['validate', 'f.csv', '--kind', 'training', '--out', 'p.csv'], { cwd })
      expect(report.refused.map(({ id, reason }) => `${id} ${reason}`)).toEqual(['c active_params_b: is blank'])
      const lines = readFileSync(join(cwd, 'p.csv'), 'utf8').trim().split('\n')
      expect(lines[0]).toBe('id,chip_hours,mfu_pct,reason')
      expect(lines[2]).toMatch(/^b,,[\d.]+,$/)
      expect(report.chip_hours.n).toBe(2)
      expect(report.mfu_pct.n).toBe(2)
    }))
})
