/** Files as models are published, made small: headers without weights. */

type Value = string | number | boolean | readonly number[] | { readonly texts: readonly string[] }

export interface TensorHead {
  readonly name: string
  readonly shape: readonly number[]
}

class Bytes {
  readonly #parts: Uint8Array[] = []

  u32(value: number): this {
    return this.#add(4, (view) => view.setUint32(0, value, true))
  }

  u64(value: number): this {
    return this.#add(8, (view) => view.setBigUint64(0, BigInt(value), true))
  }

  f32(value: number): this {
    return this.#add(4, (view) => view.setFloat32(0, value, true))
  }

  u8(value: number): this {
    this.#parts.push(Uint8Array.of(value))
    return this
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value)
    this.u64(bytes.length).#parts.push(bytes)
    return this
  }

  whole(): Uint8Array<ArrayBuffer> {
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0)
    const all = new Uint8Array(length)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  #add(bytes: number, write: (view: DataView) => void): this {
    const part = new Uint8Array(bytes)
    write(new DataView(part.buffer))
    this.#parts.push(part)
    return this
  }
}

/** The header of a GGUF file, version 3: whole numbers as u32, others as f32. */
export function ggufHeader(
  metadata: Readonly<Record<string, Value>>,
  tensors: readonly TensorHead[],
): Uint8Array<ArrayBuffer> {
  const bytes = new Bytes().u32(0x46554747).u32(3).u64(tensors.length).u64(Object.keys(metadata).length)
  for (const [name, value] of Object.entries(metadata)) writeValue(bytes.text(name), value)
  for (const { name, shape } of tensors) {
    bytes.text(name).u32(shape.length)
    for (const size of shape) bytes.u64(size)
    bytes.u32(1).u64(0)
  }
  return bytes.whole()
}

function writeValue(bytes: Bytes, value: Value): void {
  if (typeof value === 'string') bytes.u32(8).text(value)
  else if (typeof value === 'boolean') bytes.u32(7).u8(value ? 1 : 0)
  else if (typeof value === 'object') writeList(bytes, value)
  else if (Number.isInteger(value)) bytes.u32(4).u32(value)
  else bytes.u32(6).f32(value)
}

function writeList(bytes: Bytes, value: Extract<Value, object>): void {
  if ('texts' in value) {
    bytes.u32(9).u32(8).u64(value.texts.length)
    for (const text of value.texts) bytes.text(text)
  } else {
    bytes.u32(9).u32(4).u64(value.length)
    for (const each of value) bytes.u32(each)
  }
}

/** The header of a safetensors file: weights in 16 bits. */
export function safetensorsHeader(tensors: readonly TensorHead[]): Uint8Array<ArrayBuffer> {
  let at = 0
  const entries = tensors.map(({ name, shape }) => {
    const from = at
    at += 2 * shape.reduce((product, size) => product * size, 1)
    return [name, { dtype: 'BF16', shape, data_offsets: [from, at] }]
  })
  const json = new TextEncoder().encode(
    JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }),
  )
  const all = new Uint8Array(8 + json.length)
  new DataView(all.buffer).setBigUint64(0, BigInt(json.length), true)
  all.set(json, 8)
  return all
}

/** Tensors of a dense llama-like model without biases. */
export function llamaTensors(shape: {
  readonly hidden: number
  readonly layers: number
  readonly inter: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly vocab: number
}): TensorHead[] {
  const { hidden, layers, inter, heads, kvHeads, headDim, vocab } = shape
  return [
    { name: 'token_embd.weight', shape: [hidden, vocab] },
    { name: 'output.weight', shape: [hidden, vocab] },
    { name: 'output_norm.weight', shape: [hidden] },
    ...Array.from({ length: layers }, (_, i) => [
      { name: `blk.${i}.attn_norm.weight`, shape: [hidden] },
      { name: `blk.${i}.ffn_norm.weight`, shape: [hidden] },
      { name: `blk.${i}.attn_q.weight`, shape: [hidden, heads * headDim] },
      { name: `blk.${i}.attn_k.weight`, shape: [hidden, kvHeads * headDim] },
      { name: `blk.${i}.attn_v.weight`, shape: [hidden, kvHeads * headDim] },
      { name: `blk.${i}.attn_output.weight`, shape: [heads * headDim, hidden] },
      { name: `blk.${i}.ffn_gate.weight`, shape: [hidden, inter] },
      { name: `blk.${i}.ffn_up.weight`, shape: [hidden, inter] },
      { name: `blk.${i}.ffn_down.weight`, shape: [inter, hidden] },
    ]).flat(),
  ]
}

/** Llama 3.1 8B as its GGUF files describe it. */
export const LLAMA_8B = {
  shape: { hidden: 4096, layers: 32, inter: 14_336, heads: 32, kvHeads: 8, headDim: 128, vocab: 128_256 },
  metadata: {
    'general.architecture': 'llama',
    'general.name': 'Meta Llama 3.1 8B Instruct',
    'general.file_type': 15,
    'llama.block_count': 32,
    'llama.context_length': 131_072,
    'llama.embedding_length': 4096,
    'llama.feed_forward_length': 14_336,
    'llama.attention.head_count': 32,
    'llama.attention.head_count_kv': 8,
    'llama.attention.layer_norm_rms_epsilon': 0.000_01,
    'llama.rope.freq_base': 500_000,
    'llama.vocab_size': 128_256,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': { texts: Array.from({ length: 128_256 }, (_, i) => `token ${i}`) },
    'tokenizer.ggml.add_bos_token': true,
  },
} as const satisfies { readonly metadata: Readonly<Record<string, Value>>; readonly shape: unknown }
