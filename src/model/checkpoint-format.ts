import { PincerError } from '../issue/index.ts'
import type { Format } from '../units/index.ts'
import type { WeightFormats } from './arch.ts'
import { type ConfigFields, isConfigObject } from './config-fields.ts'
import type { ConfigSource } from './skeleton.ts'

/** Formats of a checkpoint, from `quantization_config` and the dtype. */
export function checkpointFormats(source: ConfigSource): WeightFormats {
  const plain = plainFormat(source)
  const quantization = source.text.section('quantization_config') ?? source.root.section('quantization_config')
  const quantized = quantization === undefined ? uniform(plain) : quantizedFormats(quantization, plain)
  return source.text.optionalText('expert_dtype') === 'fp4' ? { ...quantized, ffn: 'mxfp4' } : quantized
}

const DTYPES: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['bfloat16', 'bf16'],
  ['float16', 'bf16'],
  ['float32', 'fp32'],
  ['float8_e4m3fn', 'fp8'],
])

// 16-bit floats are one format here: float16 and bfloat16 differ in range, not in bytes or matrix rate. A config
// without a dtype is taken as 16-bit, which every published checkpoint of the supported families ships.
function plainFormat({ text, root }: ConfigSource): Format {
  for (const fields of [text, root]) {
    for (const name of ['dtype', 'torch_dtype']) {
      const dtype = fields.optionalText(name)
      if (dtype === undefined) continue
      const format = DTYPES.get(dtype.replace('torch.', ''))
      if (format === undefined)
        throw fields.invalid(name, `unknown dtype "${dtype}"`, `known: ${[...DTYPES.keys()].join(', ')}`)
      return format
    }
  }
  return 'bf16'
}

function uniform(format: Format): WeightFormats {
  return { ffn: format, attention: format, embedding: format }
}

function quantizedFormats(quantization: ConfigFields, plain: Format): WeightFormats {
  const embedding = plain === 'fp8' ? 'bf16' : plain
  const method = quantization.text('quant_method')
  const reader = METHODS.get(method)
  if (reader !== undefined) return { ...reader(quantization, embedding), embedding }
  throw new PincerError({
    code: 'unknown_format',
    path: [...quantization.path, 'quant_method'],
    message: `unknown quantisation method "${method.slice(0, 60)}"`,
    suggestion: `known: ${[...METHODS.keys()].join(', ')}`,
  })
}

type PartFormats = Pick<WeightFormats, 'ffn' | 'attention'>

const METHODS: ReadonlyMap<string, (quantization: ConfigFields, plain: Format) => PartFormats> = new Map([
  ['fp8', () => both('fp8')],
  ['fbgemm_fp8', () => both('fp8')],
  // gpt-oss: experts only.
  ['mxfp4', (_, plain) => ({ ffn: 'mxfp4', attention: plain })],
  ['modelopt', modelOptFormats],
  ['compressed-tensors', compressedTensors],
  ['awq', integerFormats],
  ['gptq', integerFormats],
] satisfies readonly (readonly [string, (quantization: ConfigFields, plain: Format) => PartFormats])[])

function both(format: Format): PartFormats {
  return { ffn: format, attention: format }
}

function integerFormats(quantization: ConfigFields): PartFormats {
  const bits = quantization.countOr('bits', 4)
  if (bits !== 4 && bits !== 8) throw quantization.invalid('bits', `expected 4 or 8, got ${bits}`)
  return both(bits === 4 ? 'int4' : 'int8')
}

function modelOptFormats(quantization: ConfigFields, plain: Format): PartFormats {
  const algorithm = quantization.text('quant_algo').toUpperCase()
  if (algorithm === 'FP8') return both('fp8')
  if (algorithm !== 'NVFP4') throw quantization.invalid('quant_algo', `unknown algorithm "${algorithm.slice(0, 60)}"`)
  return sparesAttention(quantization, 'exclude_modules') ? { ffn: 'fp4', attention: plain } : both('fp4')
}

// compressed-tensors describes groups of layers; every published checkpoint of the supported families has one.
function compressedTensors(quantization: ConfigFields, plain: Format): PartFormats {
  const groups = quantization.requiredSection('config_groups')
  const name = Object.keys(groups.object)[0]
  if (name === undefined) throw quantization.missing('config_groups.group_0')
  const weights = groups.requiredSection(name).requiredSection('weights')
  const ffn = packedFormat(weights, quantization.optionalText('format') ?? '')
  return sparesAttention(quantization, 'ignore') ? { ffn, attention: plain } : both(ffn)
}

function packedFormat(weights: ConfigFields, packing: string): Format {
  const bits = weights.count('num_bits')
  const isFloat = weights.optionalText('type') === 'float'
  if (bits === 8) return isFloat ? 'fp8' : 'int8'
  if (bits !== 4) throw weights.invalid('num_bits', `expected 4 or 8, got ${bits}`)
  if (!isFloat) return 'int4'
  return packing.startsWith('mxfp4') ? 'mxfp4' : 'fp4'
}

function sparesAttention(quantization: ConfigFields, listName: string): boolean {
  const list = quantization.raw(listName)
  if (list === undefined || isConfigObject(list)) return false
  return Array.isArray(list) && list.some((entry) => typeof entry === 'string' && /attn|attention/.test(entry))
}
