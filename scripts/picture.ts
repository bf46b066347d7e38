import { readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../cli/run.ts'
import { latencyAxis, percentileAt, percentileAxis, valueAxis } from '../src/chart/axis.ts'
import { type Figure, type Panel, figureSvg } from '../src/chart/index.ts'
import { quantileOf } from '../src/index.ts'

/** A picture of the documentation: its file in docs/pictures, and how the command line makes it. Same code, same bytes. */
export interface Picture {
  readonly file: string
  readonly make: () => Promise<string>
}

const LLAMA_8B = 'simulate --model llama3-8b --chip h100'

const SPARSE = '--model deepseek-v2 --precision fp8'
/** What SRAM and what price per chip would make a sparse model on LPUs cost 15 % of a dense one on GPUs. */
const BOTH_TOGETHER = `solve ${SPARSE} --cache-format fp8 --chip groq --free memory.sram.capacity --free price --ratio 0.15 --against h100-sxm --against-model deepseek-67b --user-speed 100`

export const PICTURES: readonly Picture[] = [
  { file: 'near-saturation.svg', make: nearSaturation },
  { file: 'schedulers.svg', make: schedulers },
  { file: 'routers.svg', make: routers },
  { file: 'pools.svg', make: pools },
  { file: 'tiers.svg', make: fastMemory },
  { file: 'fit.svg', make: () => written('fit deepseek-v2 --precision fp8 --users 64 --by chips', 'svg') },
  { file: 'explain-gpu.svg', make: () => written(`explain ${SPARSE} --chip h100-sxm --chips 8`, 'svg') },
  { file: 'explain-sram.svg', make: () => written(`explain ${SPARSE} --chip groq --concurrency 8`, 'svg') },
  { file: 'solve.svg', make: () => written(BOTH_TOGETHER, 'svg') },
  { file: 'uncertain.svg', make: uncertain },
  { file: 'crossover.svg', make: crossover },
  { file: 'crossover-map.svg', make: crossoverMap },
  { file: 'market.svg', make: () => written('market', 'svg') },
]

async function uncertain(): Promise<string> {
  return written(
    `uncertain --model deepseek-v2 --a "--chip h100 --chips 8 --own" --b "--chip b200 --chips 8 --own" --vary utilisation=uniform(0.3,0.8)`,
    'svg',
  )
}

async function crossover(): Promise<string> {
  const wafers = '--chip wse3 --precision fp8'
  return written(
    `crossover --model deepseek-v2 --a "--chip h100 --chips 8 --precision fp8" --b "${wafers}" --over concurrency=1..4096`,
    'svg',
  )
}

async function crossoverMap(): Promise<string> {
  return written(
    'crossover --model llama3-70b --chip h100 --chips 4 --a --own --b "--api 0.6/0.8" --over utilisation=0.05..1 --over context=512..32768',
    'svg',
  )
}

async function nearSaturation(): Promise<string> {
  return written(`${LLAMA_8B} --arrivals gamma:6.9,3 --requests 3000 --slo-ttft 500 --slo-tpot 40`, 'svg')
}

async function schedulers(): Promise<string> {
  const policies = ['vllm', 'sglang']
  const tables = await each(policies, async (policy) =>
    requestRows(await written(`${LLAMA_8B} --policy ${policy} --arrivals poisson:6.5 --requests 3000`, 'out')),
  )
  const panel = (title: string, of: (row: Row) => number): Panel =>
    percentilePanel(
      title,
      tables.map((rows, i) => ({ name: policies[i] ?? '', seconds: Float64Array.from(rows, of).sort() })),
    )
  return figureSvg({
    title: 'Two schedulers, the same requests',
    subtitle: 'Llama 3.1 8B on 1 × H100, 1024/1024 tokens, 6.5 requests/s',
    rows: [
      {
        height: 240,
        panels: [
          panel('TTFT', (row) => row.first_token_s - row.arrival_s),
          panel('TPOT', (row) => (row.end_s - row.first_token_s) / (row.output_tokens - 1)),
        ],
      },
    ],
  })
}

async function routers(): Promise<string> {
  const replicas = [1, 2, 4, 8]
  const names = ['cache-aware', 'round-robin', 'least-loaded']
  const runs = await each(names, async (router) =>
    each(replicas, async (n) =>
      document(`${LLAMA_8B} --replicas ${n} --router ${router} --arrivals agent:${n / 2} --sessions ${60 * n}`),
    ),
  )
  const lines = (of: (result: Result) => number): Lines =>
    names.map((name, i) => ({ name, x: replicas, y: (runs[i] ?? []).map(of) }))
  return figureSvg({
    title: 'What a router finds in the caches',
    subtitle:
      'Share of prompt tokens found in the prefix cache, and TTFT (p90); Llama 3.1 8B, one H100 and half an agent session a second per replica',
    rows: [
      {
        height: 240,
        panels: [
          linePanel(
            'Cached, %',
            'replicas',
            lines(({ hitShare }) => 100 * hitShare),
          ),
          secondsPanel(
            'TTFT',
            'replicas',
            lines(({ ttft }) => ttft.p90),
          ),
        ],
      },
    ],
  })
}

async function pools(): Promise<string> {
  const rates = [1, 2, 3, 4, 5, 6, 7, 8]
  const layouts = {
    '4 do both': '--tp 4 --replicas 4',
    '3 + 1': '--prefill-tp 4 --prefill-workers 3 --decode-tp 4',
    '2 + 2': '--prefill-tp 4 --prefill-workers 2 --decode-tp 4 --decode-workers 2',
  }
  const model = 'simulate --model llama3-70b --precision fp8 --chip h100 --workload 4096/256'
  const runs = await each(Object.values(layouts), async (layout) =>
    each(rates, async (rate) => document(`${model} ${layout} --arrivals poisson:${rate} --requests 1500`)),
  )
  const lines = (of: (result: Result) => number): Lines =>
    Object.keys(layouts).map((name, i) => ({ name, x: rates, y: (runs[i] ?? []).map(of) }))
  return figureSvg({
    title: 'Replicas that do both, against pools',
    subtitle:
      'Llama 3.1 70B in fp8 on 16 × H100: 4 replicas of 4 chips, or 3 for prompts + 1 that decodes, or 2 + 2; 4096/256 tokens',
    rows: [
      {
        height: 240,
        panels: [
          secondsPanel(
            'TTFT p99',
            'requests/s',
            lines(({ ttft }) => ttft.p99),
          ),
          secondsPanel(
            'Gap p99',
            'requests/s',
            lines(({ tokenGap }) => tokenGap.p99),
          ),
        ],
      },
    ],
  })
}

async function fastMemory(): Promise<string> {
  const rows = [
    await tierRow('DeepSeek-V2', 'deepseek-v2 --chip h200 --precision fp8'),
    await tierRow('Mixtral 8x7B', 'mixtral-8x7b --precision int4 --fast 24GB@1008GB/s --host pcie4'),
  ]
  return figureSvg({
    title: 'How much fast memory a mixture of experts needs',
    subtitle:
      'Tokens/s of one user. DeepSeek-V2: fp8, H200 over PCIe 5.0; Mixtral 8x7B: int4, 1 TB/s over PCIe 4.0; hottest experts fast, others on demand',
    rows,
  })
}

const LAWS = [
  { name: 'balanced', routing: 'balanced' },
  { name: 'exp.', routing: 'exponential' },
  { name: '1/rank', routing: 'power:1' },
]

async function tierRow(title: string, question: string): Promise<Figure['rows'][number]> {
  const answers = await each(
    LAWS,
    async ({ routing }) => JSON.parse(await output(`tiers ${question} --routing ${routing} --json`)) as TiersAnswer,
  )
  const lines = (of: (point: TiersAnswer['curve'][number]) => number): Lines =>
    LAWS.map(({ name }, i) => {
      const curve = answers[i]?.curve ?? []
      return { name, x: curve.map(({ capacity }) => capacity / 1e9), y: curve.map(of) }
    })
  const panel = (name: string, of: Lines): Panel => linePanel(name, 'fast memory, GB', of)
  const speeds = lines((point) => point.tokensPerSecondPerUser)
  const enough = (answers[0]?.bounds.all.tokensPerSecondPerUser ?? 0) * 0.95
  return {
    height: 200,
    panels: [
      {
        ...panel(title, speeds),
        bounds: [{ at: enough, label: '95 %' }],
      },
      panel(
        'Tokens hit, %',
        lines((point) => 100 * point.tokenHit),
      ),
    ],
  }
}

interface TiersAnswer {
  readonly bounds: { readonly all: { readonly tokensPerSecondPerUser: number } }
  readonly curve: readonly {
    readonly capacity: number
    readonly tokensPerSecondPerUser: number
    readonly tokenHit: number
  }[]
}

interface Result {
  readonly hitShare: number
  readonly ttft: { readonly p90: number; readonly p99: number }
  readonly tokenGap: { readonly p99: number }
}

type Lines = readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[]

function secondsPanel(title: string, label: string, lines: Lines): Panel {
  const y = latencyAxis(highest(lines))
  const scaled = lines.map((line) => ({ ...line, y: line.y.map((seconds) => seconds * y.scale) }))
  return { ...linePanel(`${title}, ${y.label}`, label, scaled), y }
}

function linePanel(title: string, label: string, lines: Lines): Panel {
  const most = Math.max(...lines.flatMap(({ x }) => x))
  return {
    title,
    x: valueAxis(label, most, { count: 8 }),
    y: valueAxis('', highest(lines)),
    lines: lines.map((line) => ({ ...line, shape: 'line' })),
  }
}

function highest(lines: Lines): number {
  return Math.max(...lines.flatMap(({ y }) => y))
}

/** `seconds` ascending. */
function percentilePanel(
  title: string,
  curves: readonly { readonly name: string; readonly seconds: Float64Array }[],
): Panel {
  const x = percentileAxis(curves[0]?.seconds.length ?? 0)
  const places = Array.from({ length: 161 }, (_, i) => (i * x.max) / 160)
  const lines = curves.map(({ name, seconds }) => ({
    name,
    x: places,
    y: places.map((place) => Number(quantileOf(seconds, percentileAt(place)))),
  }))
  return { ...secondsPanel(title, '', lines), x }
}

interface Row {
  readonly arrival_s: number
  readonly first_token_s: number
  readonly end_s: number
  readonly output_tokens: number
}

function requestRows(csv: string): Row[] {
  const [head = '', ...lines] = csv.trimEnd().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const cells = line.split(',').map(Number)
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? 0])) as unknown as Row
  })
}

/** The file that a command line writes with `--svg` or `--out`. */
async function written(line: string, option: 'svg' | 'out'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pincer-picture-'))
  try {
    const path = join(folder, 'file')
    await output(`${line} --${option} ${path}`)
    return readFileSync(path, 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function document(line: string): Promise<Result> {
  return JSON.parse(await output(`${line} --json`)) as Result
}

async function output(line: string): Promise<string> {
  const out: string[] = []
  const write = (text: string): number => out.push(text)
  const io = { stdout: { write }, stderr: { write }, columns: 100, color: false, cwd: tmpdir() }
  const words = [...line.matchAll(/(?:[^\s"]+|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))
  const code = await run(words, io)
  if (code !== 0) throw new Error(`pincer ${line}: exit ${code}\n${out.join('')}`)
  return out.join('')
}

async function each<T, R>(items: readonly T[], of: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await of(item))
  return results
}
