import type { Constant, DraftingPractice, MachineConstants } from '../../src/dataflow/index.ts'

/** What publications say of a machine, and where the rest comes from before anything is fitted. */
export interface MachineBase extends Omit<
  MachineConstants,
  'phaseSeconds' | 'movementShare' | 'computeShare' | 'earlier' | 'software' | 'band' | 'tier' | 'reason'
> {
  /** Chip whose phase latency is taken over where there are no measurements, or is the prior where there are few. */
  readonly relative?: string
  /** Clock of the relative over the clock of this chip: on-chip latency is counted in cycles. */
  readonly clockRatio?: number
  readonly movementShare: Constant | 'fitted'
  readonly computeShare: Constant | 'fitted'
  /** ISO month of a release that announced faster kernels: how much slower the earlier ones were is fitted. */
  readonly fasterSince?: string
  /** Start value of the fit of the phase latency. */
  readonly phaseStart: number
}

const SHIP = 'Bitar et al., SHIP, MLSys 2026 (read through secondary transcriptions)'
const SURVEY = 'AI-datacenter survey of vendor disclosures (GitHub, Yufeng98/AI-datacenter)'

const share = (value: number, basis: Constant['basis'], source: string, note?: string): Constant => ({
  value,
  unit: 'share',
  basis,
  source,
  ...(note === undefined ? {} : { note }),
})

const seconds = (value: number, basis: Constant['basis'], source: string): Constant => ({
  value,
  unit: 's',
  basis,
  source,
})

const STREAM_SHARE: Constant = share(
  0.23,
  'published',
  SHIP,
  '10,616 TB/s over 576 LPUs = 18.4 TB/s each, of 80 TB/s headline',
)

const ASSUMED_COMPUTE: Constant = share(
  0.3,
  'assumed',
  'no full-batch measurement is published for any of these machines',
  'plausible 0.15–0.6; bounds throughput at large batches and prompt processing, not the speed of one user',
)

const DATAFLOW_FILL: Constant = share(
  0.67,
  'published',
  SHIP,
  'the fullest published deployment, Qwen3-235B on 1,520 LPUs; Llama 2 70B fills 52 %, gpt-oss-120B 47 % of 576',
)

const USERS_PER_STAGE: Constant = {
  value: 4,
  unit: 'users',
  basis: 'published',
  source: SHIP,
  note: 'at most 380 users on 95 stages; larger micro-batches may be possible and were not published',
}

const HOP: Constant = seconds(300e-9, 'published', SHIP)
const HOP_RELATIVE: Constant = seconds(300e-9, 'transferred', 'Groq LPU v1')
const NODE_DIAMETER = [
  { machines: 8, hops: 1 },
  { machines: 72, hops: 3 },
  { machines: 4096, hops: 5 },
]

const bytesPerSecond = (value: number, basis: Constant['basis'], source: string): Constant => ({
  value,
  unit: 'B/s',
  basis,
  source,
})

const machines = (value: number, source: string): Constant => ({ value, unit: 'machines', basis: 'published', source })

const NOT_SERVED: DraftingPractice = {
  models: 'none',
  basis: 'assumed',
  source: 'no service drafts on it; figures are of the model itself',
}

// The vendor's release notes name the release, not the models; later models are taken to be served the same way.
const WAFER_DRAFTING: DraftingPractice = {
  models: 'all',
  since: '2024-10',
  basis: 'published',
  source: 'Cerebras announced speculative decoding with its release of 2024-10-24',
}

const RDU_DRAFTING: DraftingPractice = {
  models: 'dense',
  basis: 'assumed',
  source:
    'SambaNova pairs dense targets with smaller drafts; verifying several tokens of a sparse model reads several times the experts from HBM and hardly pays',
}

const WAFER_FILL: Constant = share(
  0.85,
  'published',
  'Cerebras, "Introducing Cerebras Inference", 2024-08-27',
  '70B models in 16 bits on as few as four systems: 141 GB of 176 GB is 80 %, which whole wafers round down from here',
)

const WAFER = {
  scheme: 'region',
  groupSize: 1,
  allotment: 1,
  computeShare: 'fitted',
  diameter: [{ machines: 1, hops: 0 }],
  weightFill: WAFER_FILL,
  drafting: WAFER_DRAFTING,
} as const

const RDU = {
  scheme: 'group',
  groupSize: 16,
  allotment: 16,
  computeShare: 'fitted',
  diameter: [{ machines: 4096, hops: 1 }],
  weightFill: share(0.9, 'assumed', 'the share GPU serving engines give to weights and cache together'),
  prefetch: true,
  drafting: RDU_DRAFTING,
} as const

/** Machines of the dataflow room, relatives before those who inherit from them. */
export const MACHINE_BASES: readonly MachineBase[] = [
  {
    chip: 'groq-lpu-v1',
    scheme: 'group',
    groupSize: 16,
    allotment: 8,
    computeShare: ASSUMED_COMPUTE,
    hopSeconds: HOP,
    diameter: NODE_DIAMETER,
    weightFill: DATAFLOW_FILL,
    servedFormat: 'fp8',
    usersPerStage: USERS_PER_STAGE,
    mostMachines: machines(10_440, 'Abts et al., A software-defined tensor streaming multiprocessor, ISCA 2022'),
    drafting: {
      models: 'none',
      basis: 'published',
      source: 'Groq served drafted models as endpoints of their own names (llama-3.3-70b-specdec), 2024-11 to 2025',
    },
    movementShare: STREAM_SHARE,
    phaseStart: 5e-6,
  },
  {
    chip: 'groq3-lp30',
    scheme: 'group',
    // One stage as wide as the published scale-up domain: the rack makes 11,000 tokens/s and a user of it up to 3,400.
    groupSize: 256,
    allotment: 256,
    computeShare: ASSUMED_COMPUTE,
    hopSeconds: HOP_RELATIVE,
    diameter: NODE_DIAMETER,
    weightFill: DATAFLOW_FILL,
    servedFormat: 'fp8',
    usersPerStage: { ...USERS_PER_STAGE, basis: 'transferred', source: 'Groq LPU v1' },
    drafting: {
      models: 'all',
      basis: 'assumed',
      source: 'without drafts its published speed leaves an operator a twentieth of the latency of Groq LPU v1',
    },
    movementShare: { ...STREAM_SHARE, basis: 'transferred', source: 'Groq LPU v1' },
    relative: 'groq-lpu-v1',
    phaseStart: 2e-6,
  },
  {
    chip: 'cerebras-wse3',
    ...WAFER,
    hopSeconds: seconds(2e-6, 'published', `${SURVEY}: about 2 µs wafer to wafer (stated for WSE-3T)`),
    mostMachines: machines(2048, 'Cerebras, announcement of the CS-3, 2024-03-13'),
    fasterSince: '2024-10',
    movementShare: 'fitted',
    phaseStart: 1e-6,
  },
  {
    chip: 'cerebras-wse3t',
    ...WAFER,
    hopSeconds: seconds(2e-6, 'published', `${SURVEY}: about 2 µs wafer to wafer`),
    movementShare: 'fitted',
    relative: 'cerebras-wse3',
    clockRatio: 1.4 / 2.8,
    phaseStart: 0.5e-6,
  },
  {
    chip: 'cerebras-wse2',
    ...WAFER,
    hopSeconds: seconds(2e-6, 'transferred', 'Cerebras WSE-3'),
    mostMachines: machines(192, 'Cerebras, clusters of up to 192 CS-2, Hot Chips 33, 2021'),
    drafting: NOT_SERVED,
    movementShare: 'fitted',
    relative: 'cerebras-wse3',
    clockRatio: 1.4 / 1.1,
    phaseStart: 1e-6,
  },
  {
    chip: 'sambanova-sn40l',
    ...RDU,
    groupLink: bytesPerSecond(
      100e9,
      'transferred',
      'SambaNova SN50, 800 GbE: its predecessor is taken to have no more',
    ),
    movementShare: 'fitted',
    phaseStart: 3e-6,
  },
  {
    chip: 'sambanova-sn50',
    ...RDU,
    movementShare: 'fitted',
    relative: 'sambanova-sn40l',
    phaseStart: 3e-6,
  },
  {
    chip: 'dmatrix-corsair',
    scheme: 'group',
    // Two cards share a layer over the bridge between them; pairs hand on over PCIe.
    groupSize: 2,
    allotment: 8,
    groupLink: bytesPerSecond(512e9, 'published', `${SURVEY}: a DMX Bridge of 512 GB/s joins two cards`),
    computeShare: ASSUMED_COMPUTE,
    diameter: [{ machines: 4096, hops: 1 }],
    drafting: NOT_SERVED,
    weightFill: { ...DATAFLOW_FILL, basis: 'transferred', source: 'Groq LPU v1' },
    servedFormat: 'int8',
    movementShare: { ...STREAM_SHARE, basis: 'transferred', source: 'Groq LPU v1' },
    relative: 'groq-lpu-v1',
    phaseStart: 4e-6,
  },
  {
    chip: 'graphcore-gc200',
    scheme: 'group',
    groupSize: 4,
    allotment: 4,
    drafting: NOT_SERVED,
    computeShare: ASSUMED_COMPUTE,
    hopSeconds: HOP_RELATIVE,
    diameter: NODE_DIAMETER,
    weightFill: { ...DATAFLOW_FILL, basis: 'transferred', source: 'Groq LPU v1' },
    movementShare: { ...STREAM_SHARE, basis: 'transferred', source: 'Groq LPU v1' },
    relative: 'groq-lpu-v1',
    phaseStart: 5e-6,
  },
]
