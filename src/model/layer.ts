import type { Ffn, LayerGroup, Mixer, ModelArch } from './arch.ts'

/** One layer as a family reader describes it. */
export interface Layer {
  readonly mixer: Mixer
  readonly ffn: Ffn
  readonly normParams: number
}

/** Equal layers counted together, in order of first appearance. */
export function layerGroups(layers: readonly Layer[]): readonly LayerGroup[] {
  const groups = new Map<string, { count: number; layer: Layer }>()
  // Readers share one object between equal layers, so identity spares most of the text keys.
  const keys = new Map<object, string>()
  const keyOf = (part: object): string => {
    const known = keys.get(part)
    if (known !== undefined) return known
    const key = JSON.stringify(part)
    keys.set(part, key)
    return key
  }
  for (const layer of layers) {
    const key = `${keyOf(layer.mixer)} ${keyOf(layer.ffn)} ${layer.normParams}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { count: 1, layer })
    else group.count += 1
  }
  return [...groups.values()].map(({ count, layer }) => ({ count, ...layer }))
}

/** Layers of the whole model. */
export function totalLayers({ layers }: Pick<ModelArch, 'layers'>): number {
  return layers.reduce((sum, { count }) => sum + count, 0)
}

/** A mixture of experts in at least one layer. */
export function hasExperts({ layers }: Pick<ModelArch, 'layers'>): boolean {
  return layers.some(({ ffn }) => ffn.kind === 'moe')
}
