import type { GqaMixer } from '../arch.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { gqaMixer, layerTypes, readHeads } from './attention.ts'
import { moeFfn, readExperts, readInter } from './ffn.ts'

/** gpt-oss: alternating sliding and full attention with sinks, biases everywhere, experts in MXFP4. */
export const gptOssFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  [
    'gpt_oss',
    (source) => {
      const config = source.text
      const hidden = hiddenSize(config)
      const shape = readHeads(config, hidden, 64)
      const bias = config.flagOr('attention_bias', true)
      const mixer = (window: number | undefined): GqaMixer =>
        gqaMixer(hidden, shape, { qkvBias: bias, outputBias: bias, sinks: true, window })
      const count = layerCount(config)
      const types = layerTypes(config, count)
      const sliding = mixer(config.countOr('sliding_window', 128))
      const full = mixer(undefined)
      const { experts, topk } = readExperts(config)
      const ffn = moeFfn(hidden, { experts, topk, inter: readInter(config), bias: true, smallParams: experts })
      // Class default: even layers slide.
      const isSliding = (index: number): boolean =>
        types === undefined ? index % 2 === 0 : types[index] === 'sliding_attention'
      const layers = Array.from({ length: count }, (_, index) => ({
        mixer: isSliding(index) ? sliding : full,
        ffn,
        normParams: 2 * hidden,
      }))
      return assemble(source, { hidden, layers, tiedByDefault: false })
    },
  ],
] satisfies readonly (readonly [string, FamilyReader])[])
