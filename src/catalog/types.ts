import type { Bytes, BytesPerSecond, Chips, FlopPerSecond, Format, Seconds, Watts } from '../units/index.ts'
import type { Basis, Figure, Known } from './figure.ts'

/** A publication that figures cite. */
export interface Source {
  readonly id: string
  readonly title: string
  readonly publisher: string
  readonly url: string
  readonly published: string
  readonly accessed: string
  readonly kind: Basis
  readonly license?: string
}

/** One level of a chip's memory. */
export interface MemoryTier {
  readonly name: 'sram' | 'hbm' | 'gddr' | 'lpddr' | 'ddr'
  readonly capacity: Known<Bytes>
  /** One chip, all channels, read direction. */
  readonly bandwidth: Known<BytesPerSecond>
  /** `cache` tiers (the L2 of a GPU) hold copies only; models reside in `store` tiers. */
  readonly role: 'store' | 'cache'
}

/** Rates of large operations that somebody measured, beside those of an NVIDIA chip in the same measurement. */
export interface Attained {
  readonly matrix?: Readonly<Partial<Record<Format, AttainedRate>>>
  readonly bandwidth?: Known<BytesPerSecond>
}

export interface AttainedRate {
  readonly rate: Known<FlopPerSecond>
  readonly beside: { readonly chip: string; readonly rate: Known<FlopPerSecond> }
}

/**
 * One accelerator as its datasheet describes it, per chip. Bandwidths are one direction; peaks are dense.
 * The first `store` tier is the one that weights are read from.
 */
export interface Chip {
  readonly id: string
  readonly name: string
  readonly vendor: string
  /** Year of introduction; absent when a user's chip does not say. */
  readonly year?: number
  /** `hbm` machines are timed by the kernel room, `sram` machines by the dataflow room. */
  readonly kind: 'hbm' | 'sram'
  /** Architecture generation, e.g. `hopper`, `blackwell`, `cdna3`: chips of one generation share efficiency curves. */
  readonly generation: string
  readonly aliases: readonly string[]
  readonly memory: readonly MemoryTier[]
  /** Dense peak per number format; a format that is absent has no hardware path. */
  readonly peak: Readonly<Partial<Record<Format, Known<FlopPerSecond>>>>
  /** What large matrix products, by operand, and long reads were measured to reach; absent: as on the chips that constants are fitted to. */
  readonly attained?: Attained
  /**
   * `sram` machines only: of one dependent operator, and of one link hop. Absent: as fitted to the chip's published speeds, or to those of
   * the machine it is built like.
   */
  readonly latency?: { readonly operator?: Known<Seconds>; readonly hop?: Known<Seconds> }
  /** `isMesh`: each link leads to one other chip of the domain, so that few chips have few links between them; absent: a switch or torus. */
  readonly scaleUp: {
    readonly bandwidth: Known<BytesPerSecond>
    readonly domain: Known<Chips>
    readonly isMesh?: boolean
  }
  readonly scaleOut: { readonly bandwidth: Known<BytesPerSecond> }
  readonly power: {
    readonly tdp: Known<Watts>
    /**
     * Provisioned power per chip with its share of host and network. `hbm` machines: at the meter, cooling and
     * facility overhead included. `sram` machines publish system power only: at the server, facility overhead not included.
     */
    readonly allIn: Known<Watts>
  }
  readonly node: { readonly chips: Known<Chips> }
  readonly rack: { readonly chips: Known<Chips>; readonly power: Known<Watts> }
  readonly process: string
  readonly dieMm2: Known
  readonly notes: readonly string[]
}

/** A dated price. `perHour` is per chip unless `unit` says otherwise. */
export interface Price extends Figure {
  readonly id: string
  readonly category:
    | 'tco_per_chip_hour'
    | 'rental_per_chip_hour'
    | 'purchase'
    | 'price_api'
    | 'power'
    | 'power_price'
    | 'facility'
    | 'tco_share'
    | 'tco_assumption'
    | 'capacity'
    | 'capex_per_mw'
    | 'cost_actual'
    | 'deal'
  readonly subject: string
  readonly item: string
  readonly date: string
}

/** Catalog entry of a model: the Hugging Face config it is parsed from, with its published counts. */
export interface ModelEntry {
  readonly id: string
  readonly name: string
  readonly aliases: readonly string[]
  readonly published: { readonly totalParams: Known; readonly activeParams: Known }
  readonly source: string
  readonly license?: string
  /** The architecture fields of config.json, unchanged. */
  readonly config: Readonly<Record<string, unknown>>
  readonly notes?: readonly string[]
}
