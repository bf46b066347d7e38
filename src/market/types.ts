import type { Distribution } from '../uncertainty/index.ts'

/** Inputs of the scenario, in the order of the documentation. The four ratios come from predictions unless they are given. */
export const MARKET_NAMES = [
  'accelerators',
  'inferenceShare',
  'gpuShare',
  'acceleratorPrice',
  'tokenGrowth',
  'trainingGrowth',
  'pastGrowth',
  'improvement',
  'life',
  'elasticity',
  'trainingElasticity',
  'passThrough',
  'sparseCeiling',
  'sparseMidpoint',
  'sparseRate',
  'sramCeiling',
  'sramMidpoint',
  'sramRate',
  'sramByGpuVendors',
  'sparseCost',
  'sramCost',
  'sramSparseCost',
  'sparseTrainingCost',
] as const

export type MarketName = (typeof MARKET_NAMES)[number]

/** Inputs that Pincer predicts: cost relative to a dense model on the GPU. */
export const RATIO_NAMES: readonly MarketName[] = ['sparseCost', 'sramCost', 'sramSparseCost', 'sparseTrainingCost']

/** One number per input. */
export type MarketValues = Readonly<Record<MarketName, number>>

/** An input with what is known of it and where that comes from. */
export interface MarketInput {
  readonly name: MarketName
  readonly distribution: Distribution
  readonly unit: string
  readonly source: string
  readonly basis: string
  readonly note?: string
}

/** A scenario ready to be computed. */
export interface MarketScenario {
  readonly name: string
  readonly baseYear: number
  readonly years: number
  /** Which operating point of the comparison the predicted ratios are of. */
  readonly point: 'cheapest' | 'fast'
  readonly inputs: readonly MarketInput[]
}

/** What one path of the market is in one year; money in USD, work and tokens relative to the base year. */
export interface MarketYear {
  readonly year: number
  readonly sparseShare: number
  readonly sramShare: number
  /** Price of a token over that of the baseline in the same year. */
  readonly price: number
  readonly tokens: number
  readonly baselineTokens: number
  /** Work that GPUs do, in accelerators of the base year. */
  readonly gpuDemand: number
  readonly baselineGpuDemand: number
  /** Sales of GPU vendors by what is bought. */
  readonly revenue: Revenue
  readonly baselineRevenue: Revenue
  /** Sales of SRAM machines by others. */
  readonly sramRevenue: number
}

export interface Revenue {
  readonly inference: number
  readonly training: number
  /** SRAM machines sold by GPU vendors. */
  readonly sram: number
  readonly total: number
}
