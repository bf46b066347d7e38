import { gguf } from '@huggingface/gguf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError, findModel, findModelEntry, paramCounts, parseConfig, predict } from '../../src/index.ts'
import { readGguf } from '../../web/engine/own/gguf.ts'
import { type ReadModel, readFile } from '../../web/engine/own/read-file.ts'
import { LLAMA_8B, type TensorHead, ggufHeader, llamaTensors, safetensorsHeader } from './own-file.ts'

const HEADER = ggufHeader(LLAMA_8B.metadata, llamaTensors(LLAMA_8B.shape))
/** As large as 4.9 bits a weight make it; a sparse file of zeros. */
const WEIGHTS = 4_920_000_000

/** A file with so many bytes behind its header, none of which exists. */
class LargeFile extends File {
  readonly #size: number
  reads = 0

  constructor(head: Uint8Array<ArrayBuffer>, name: string, rest: number) {
    super([head], name)
    this.#size = head.length + rest
  }

  override get size(): number {
    return this.#size
  }

  override slice(start = 0, end = this.#size): Blob {
    this.reads += Math.min(end, this.#size) - start
    const part = super.slice(start, Math.min(end, super.size))
    return part.size === end - start ? part : new Blob([part, new Uint8Array(end - start - part.size)])
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('the file was read whole')
  }

  override text(): Promise<string> {
    throw new Error('the file was read whole')
  }
}

async function model(file: File): Promise<ReadModel> {
  const read = await readFile(file)
  if (read.kind !== 'model') throw new Error('is no model')
  return read
}

async function refusal(file: File): Promise<PincerError> {
  const fault: unknown = await readFile(file).catch((error: unknown) => error)
  if (fault instanceof PincerError) return fault
  throw new Error(`was not refused: ${String(fault)}`)
}

describe('a GGUF file', () => {
  it('is the model that its header describes, of which nothing else is read', async () => {
    const file = new LargeFile(HEADER, 'llama-q4.gguf', WEIGHTS)
    const read = await model(file)
    const { total } = paramCounts(findModel('llama-3.1-8b'))
    expect(read).toMatchObject({
      name: 'Meta Llama 3.1 8B Instruct',
      family: 'llama',
      total,
      active: total,
      held: total,
    })
    expect(read.bitsPerWeight).toBeCloseTo(4.9, 1)
    // The header, and at most the slice that its end lies in.
    expect(file.reads).toBeLessThan(HEADER.length + 2 ** 21)
    expect(read.file).toEqual({ name: 'llama-q4.gguf', size: HEADER.length + WEIGHTS, read: file.reads })
  })

  it('gives the numbers of the same model from its config', async () => {
    const { given } = await model(new LargeFile(HEADER, 'llama.gguf', WEIGHTS))
    const common = { chip: 'h100-sxm', chips: 1, precision: 'fp8' }
    const [own, listed] = [given, 'llama-3.1-8b'].map((asked) => predict({ ...common, model: asked }))
    expect(own?.tpot.value).toBe(listed?.tpot.value)
    expect(own?.memory).toEqual(listed?.memory)
  })

  it('is read as the reference reader reads it', async () => {
    // The reference asks for ranges of a file behind an address.
    const fetchRange: typeof fetch = async (_url, init) => {
      const [from = 0, to = 0] = /bytes=(\d+)-(\d+)/
        .exec(new Headers(init?.headers).get('range') ?? '')!
        .slice(1)
        .map(Number)
      return new Response(HEADER.slice(from, to + 1), { status: 206 })
    }
    const reference = await gguf('https://example.org/model.gguf', { fetch: fetchRange })
    const own = await readGguf(new File([HEADER], 'model.gguf'))
    for (const [name, value] of Object.entries(reference.metadata)) {
      if (['version', 'tensor_count', 'kv_count'].includes(name)) continue
      const found = own.metadata.get(name)
      if (Array.isArray(value)) expect(found).toMatchObject({ length: value.length })
      else expect(found, name).toBe(value)
    }
    expect(own.tensors.map(({ name, params }) => [name, params])).toEqual(
      reference.tensorInfos.map(({ name, shape }) => [name, Number(shape.reduce((a, b) => a * b, 1n))]),
    )
  })

  it.each(['qwen3-30b-a3b', 'mixtral-8x7b', 'gpt-oss-20b', 'deepseek-v2', 'gemma-2-9b', 'qwen2.5-7b'])(
    'of %s has the architecture of its config',
    async (id) => {
      const arch = parseConfig(findModelEntry(id).config, { id })
      const { metadata, tensors } = asGguf(id)
      const read = await model(new File([ggufHeader(metadata, tensors)], `${id}.gguf`))
      expect({ total: read.total, active: read.active }).toEqual({
        total: paramCounts(arch).total,
        active: paramCounts(arch).active,
      })
      const load = { isl: 2000, osl: 200, concurrency: 4 }
      const speed = (asked: string | Readonly<Record<string, unknown>>): number =>
        predict({ model: asked, chip: 'h200-sxm', chips: 8, precision: 'bf16', workload: load }).tpot.value
      expect(speed(read.given)).toBeCloseTo(speed(id), 12)
    },
  )

  it('of a family that nobody described is refused as the engine refuses its config', async () => {
    const metadata = { ...LLAMA_8B.metadata, 'general.architecture': 'mamba' }
    const { issues } = await refusal(new File([ggufHeader(metadata, [])], 'mamba.gguf'))
    expect(issues[0]).toMatchObject({ code: 'unknown_family', message: expect.stringContaining('mamba') })
    expect(issues[0]?.suggestion).toContain('supported: ')
  })

  it('whose header and tensors contradict each other is refused', async () => {
    const metadata = { ...LLAMA_8B.metadata, 'llama.block_count': 16 }
    const { issues } = await refusal(new File([ggufHeader(metadata, llamaTensors(LLAMA_8B.shape))], 'odd.gguf'))
    expect(issues[0]).toMatchObject({ code: 'unsupported' })
    expect(issues[0]?.message).toMatch(/describes \d+ parameters, the tensors of the file hold 8030261248/)
  })

  it('that is cut or damaged is refused, whatever was done to it', async () => {
    const small = ggufHeader({ 'general.architecture': 'llama', 'llama.list': [1, 2, 3] }, [
      { name: 'a', shape: [2, 3] },
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.nat(small.length - 1),
        fc.array(fc.record({ at: fc.nat(small.length - 1), byte: fc.nat(255) }), { maxLength: 4 }),
        async (length, changes) => {
          const bytes = small.slice(0, length)
          for (const { at, byte } of changes) if (at < length) bytes[at] = byte
          expect(await readGguf(new File([bytes], 'x.gguf')).catch((error: unknown) => error)).toBeInstanceOf(
            PincerError,
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a safetensors file', () => {
  const tensors = llamaTensors({ ...LLAMA_8B.shape, layers: 2, vocab: 1000 })
  const params = tensors.reduce((sum, { shape }) => sum + shape.reduce((a: number, b) => a * b, 1), 0)

  it('tells how many parameters there are, and nothing of its weights is read', async () => {
    const head = safetensorsHeader(tensors)
    const file = new LargeFile(head, 'model.safetensors', 2 * params)
    const read = await model(file)
    expect(read).toMatchObject({
      from: 'safetensors',
      total: params,
      held: params,
      bytes: 2 * params,
      bitsPerWeight: 16,
    })
    expect(file.reads).toBeLessThan(head.length + 2 ** 21)
  })

  it('that does not say what the model is asks for the config', async () => {
    const part = await refusal(new File([safetensorsHeader(tensors)], 'model-00001-of-00002.safetensors'))
    const experts = [{ name: 'model.layers.0.mlp.experts.0.up_proj.weight', shape: [8, 8] }]
    const sparse = await refusal(new File([safetensorsHeader(experts)], 'model.safetensors'))
    for (const { issues } of [part, sparse]) {
      expect(issues[0]).toMatchObject({ code: 'unsupported', suggestion: expect.stringContaining('config.json') })
    }
  })

  it.each([
    ['nothing', new Uint8Array(0)],
    ['seven bytes', new Uint8Array(7)],
    ['a length beyond the file', new Uint8Array([255, 255, 0, 0, 0, 0, 0, 0, 1])],
    ['an impossible length', new Uint8Array(16).fill(255)],
  ])('of %s is refused', async (_, bytes) => {
    expect((await refusal(new File([bytes], 'x.safetensors'))).issues[0]?.code).toBe('unreadable')
  })
})

describe('a JSON file', () => {
  it('is a config, a file of counts or a chip', async () => {
    const config = new File([JSON.stringify(findModelEntry('mixtral-8x7b').config)], 'config.json')
    expect(await readFile(config)).toMatchObject({ kind: 'model', from: 'config', isSparse: true, family: 'mixtral' })
    const counts = new File(['{"totalParams": 2e12, "activeParams": 1e11}'], 'next.json')
    expect(await readFile(counts)).toMatchObject({
      kind: 'model',
      from: 'counts',
      total: 2e12,
      active: 1e11,
      name: 'next',
    })
    const chip = {
      id: 'mine',
      kind: 'hbm',
      memory: [{ name: 'hbm', capacity: 1e11, bandwidth: 4e12 }],
      peak: { bf16: 1e15 },
    }
    expect(await readFile(new File([JSON.stringify(chip)], 'chip.json'))).toMatchObject({
      kind: 'chip',
      bandwidth: 4e12,
    })
  })

  it.each([
    ['{"a": 1,', 'malformed_json'],
    ['[1, 2]', 'invalid_value'],
    ['{"model_type": "lama"}', 'unknown_family'],
    ['{"totalParams": "many"}', 'invalid_value'],
    ['{"__proto__": 1}', 'missing_field'],
    ['{"memory": [], "peak": {}}', 'missing_field'],
  ])('%s is refused as %s', async (text, code) => {
    expect((await refusal(new File([text], 'x.json'))).issues.map((issue) => issue.code)).toContain(code)
  })

  it('of another kind is not read', async () => {
    const large = new LargeFile(new Uint8Array(0), 'huge.json', 1e9)
    expect((await refusal(large)).issues[0]?.code).toBe('too_large')
    expect((await refusal(new File(['x'], 'weights.pt'))).issues[0]?.code).toBe('unreadable')
  })
})

/** The header that llama.cpp's converter writes for a model of the catalog, with one tensor that holds all parameters. */
function asGguf(id: string): { metadata: Record<string, string | number>; tensors: TensorHead[] } {
  const { config } = findModelEntry(id)
  const number = (name: string): number | undefined => (typeof config[name] === 'number' ? config[name] : undefined)
  const type = String(config['model_type'])
  const architecture = ARCHITECTURES[type]!
  const isLatent = type === 'deepseek_v2'
  const rope = number('qk_rope_head_dim') ?? 0
  const entries: Record<string, number | undefined> = {
    block_count: number('num_hidden_layers'),
    context_length: number('max_position_embeddings'),
    embedding_length: number('hidden_size'),
    feed_forward_length: number('intermediate_size'),
    vocab_size: number('vocab_size'),
    'attention.head_count': number('num_attention_heads'),
    'attention.head_count_kv': isLatent ? 1 : number('num_key_value_heads'),
    'attention.key_length': isLatent ? number('kv_lora_rank')! + rope : number('head_dim'),
    'attention.sliding_window': number('sliding_window'),
    expert_count: number('num_local_experts') ?? number('num_experts') ?? number('n_routed_experts'),
    expert_used_count: number('num_experts_per_tok') ?? number('experts_per_token'),
    expert_feed_forward_length: type === 'gpt_oss' ? number('intermediate_size') : number('moe_intermediate_size'),
    expert_shared_count: number('n_shared_experts'),
    leading_dense_block_count: number('first_k_dense_replace'),
    'attention.q_lora_rank': number('q_lora_rank'),
    'attention.kv_lora_rank': number('kv_lora_rank'),
    'rope.dimension_count': isLatent ? rope : undefined,
    'attention.key_length_mla': isLatent ? number('qk_nope_head_dim')! + rope : undefined,
    'attention.value_length_mla': number('v_head_dim'),
  }
  const known = Object.entries(entries).flatMap(([name, value]) =>
    value === undefined ? [] : [[`${architecture}.${name}`, value] as const],
  )
  const { total } = paramCounts(findModel(id))
  const isTied = config['tie_word_embeddings'] === true || type.startsWith('gemma')
  const tensors = [{ name: 'all', shape: [total] }, ...(isTied ? [] : [{ name: 'output.weight', shape: [0] }])]
  return { metadata: { 'general.architecture': architecture, ...Object.fromEntries(known) }, tensors }
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  qwen3_moe: 'qwen3moe',
  mixtral: 'llama',
  gpt_oss: 'gpt-oss',
  deepseek_v2: 'deepseek2',
  gemma2: 'gemma2',
  qwen2: 'qwen2',
}
