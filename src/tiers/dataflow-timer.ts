import {
  type MicroBatch,
  type PassParts,
  type Placement,
  headTime,
  layerTime,
  passTime,
  placeRates,
} from '../dataflow/index.ts'
import type { ExpertLoad } from './load.ts'
import { type FastParts, type FastTimer, type LayerTimer, NO_TIME, addParts } from './machine.ts'

/**
 * A dataflow machine as the dataflow room times it, the same that `predict` asks, with the experts that this load reads in place of
 * those it assumes: one batch on its way through all stages.
 * @throws PincerError as `placement`
 */
export function dataflowTimer(place: Placement, load: ExpertLoad): FastTimer {
  const batch: MicroBatch = { sequences: load.users, tokens: 1, context: load.context }
  const rates = placeRates(place, load.context)
  const layers = place.work.layers.map((layer): LayerTimer => {
    const without = partsOf(layerTime(place, layer, batch, rates, { bytes: 0, share: 0 }))
    return {
      rest: without,
      experts: (bytes, share) => {
        if (layer.experts === 0) return NO_TIME
        return addParts(partsOf(layerTime(place, layer, batch, rates, { bytes, share })), without, -1)
      },
    }
  })
  const { transfer } = passTime(place, batch).parts
  return { layers, tail: addParts(partsOf(headTime(place, batch, rates)), { ...NO_TIME, network: transfer }) }
}

function partsOf({ issue, collectives, transfer, weights, kv, compute }: PassParts): FastParts {
  return { memory: weights + kv, compute, latency: issue, network: collectives + transfer, host: 0 }
}
