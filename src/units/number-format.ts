/**
 * Number formats of weights, activations and KV cache. `fp4` is NVFP4 (blocks of 16 with an FP8 scale),
 * `mxfp4` the OCP format (blocks of 32 with an 8-bit scale), `int4` group-128 integer weights.
 */
export type Format = 'fp32' | 'tf32' | 'bf16' | 'fp8' | 'int8' | 'fp4' | 'mxfp4' | 'int4'

export const FORMATS: readonly Format[] = ['fp32', 'tf32', 'bf16', 'fp8', 'int8', 'fp4', 'mxfp4', 'int4']

/** Bytes one weight occupies, scales included. FP8 counts one FP32 scale per 128 × 128 block. */
const BYTES_PER_WEIGHT: Readonly<Record<Format, number>> = {
  fp32: 4,
  tf32: 4,
  bf16: 2,
  fp8: 1 + 4 / (128 * 128),
  int8: 1,
  fp4: 0.5 + 1 / 16,
  mxfp4: 0.5 + 1 / 32,
  int4: 0.5 + 2 / 128,
}

/** Stored bytes per weight in `format`, block scales included. */
export function bytesPerWeight(format: Format): number {
  return BYTES_PER_WEIGHT[format]
}

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text)
}

/** Bits multiplied at once; TF32 runs at half the 16-bit rate, so it counts as 32. */
export const OPERAND_BITS: Readonly<Record<Format, number>> = {
  fp32: 32,
  tf32: 32,
  bf16: 16,
  fp8: 8,
  int8: 8,
  fp4: 4,
  mxfp4: 4,
  int4: 4,
}
