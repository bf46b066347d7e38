import { type Chip, type Figure, findChip, isKnown, type Known, type Price, type Unknown } from '../catalog/index.ts'
import { energyUse } from '../energy/index.ts'
import type { Watts } from '../units/index.ts'
import type { ChipHourInput, CostName, OwnedInput, QuotedInput } from './chip-hour-input.ts'
import { BASEBOARD, SERVER_SHARE, type TcoQuestion, askedInput, mapFigure, product } from './owner.ts'
import { isRackPriced, priceFigure, pricesOf, purchasePrice, span } from './purchase-price.ts'
import { TCO_NAMES } from './tco-field.ts'

/**
 * The chip-hour to use when nobody says otherwise, in this order: (1) what an analyst says an owner pays, the lowest
 * published operator as the central value and the highest as the upper end; (2) a published rental price; (3) a build-up
 * from a purchase price and the stated assumptions; (4) unknown.
 * @throws PincerError for an unknown chip
 */
export function defaultChipHour(chipId: string): ChipHourInput | Unknown {
  const chip = findChip(chipId)
  return quoted(chip, 'tco') ?? quoted(chip, 'rental') ?? ownedChipHour(chip)
}

function quoted(chip: Chip, kind: QuotedInput['kind']): QuotedInput | undefined {
  const rows = pricesOf(chip, CATEGORY[kind]).filter((price) => price.unit === 'USD/h')
  const [first] = [...rows].sort((a, b) => a.value - b.value)
  return first === undefined ? undefined : { kind, perHour: { ...priceFigure(first), ...span(rows) } }
}

const CATEGORY: Readonly<Record<QuotedInput['kind'], Price['category']>> = {
  tco: 'tco_per_chip_hour',
  rental: 'rental_per_chip_hour',
}

/**
 * Build-up inputs of a chip: the caller's first, then those of the kind of owner, then what follows from the chip (its
 * published price and power). Unknown, with the reason, when no price or no power is published and none is given.
 */
export function ownedChipHour(chip: Chip, question: TcoQuestion = { inputs: {} }): OwnedInput | Unknown {
  const inputs = ownedInputs(chip, question)
  for (const name of ['chipPrice', 'power', 'provisioned'] as const) {
    const figure = inputs[name]
    if (!isKnown(figure)) return figure
  }
  return inputs
}

/** The same with inputs that may be unknown: what there is to edit. */
export function ownedInputs(chip: Chip, question: TcoQuestion = { inputs: {} }): OwnedInput {
  const chosen = Object.fromEntries(
    TCO_NAMES.filter((name) => name !== 'grid' && name !== 'cacheLink').map((name) => [
      name,
      askedInput(name, question),
    ]),
  ) as Record<CostName, Known>
  const { inputs } = question
  const chipPrice = inputs.chipPrice ?? purchasePrice(chip)
  return {
    ...chosen,
    kind: 'owned',
    chipPrice,
    server: inputs.server ?? serverOf(chip, chipPrice),
    network: inputs.network ?? networkOf(chip, chosen.network),
    power: inputs.power ?? fullLoadPower(chip),
    provisioned: inputs.provisioned ?? provisionedPower(chip, chosen.pue),
  }
}

/** Eight GPUs share one server, whatever they cost; cards and others are taken by a share of their price. */
function hasBaseboard({ kind, node }: Chip): boolean {
  return kind === 'hbm' && isKnown(node.chips) && node.chips.value >= BASEBOARD_CHIPS
}
const BASEBOARD_CHIPS = 8

function serverOf(chip: Chip, chipPrice: Known): Known {
  if (isRackPriced(chip)) return nothing(BASEBOARD.server, 'in the price of the rack')
  // A wafer is sold as a whole system.
  if (chip.vendor === 'Cerebras') return nothing(SERVER_SHARE, 'in the price of the system')
  if (hasBaseboard(chip)) return BASEBOARD.server
  return product(chipPrice, SERVER_SHARE, {
    unit: 'USD',
    source: SERVER_SHARE.source,
    basis: 'derived',
    note: SHARE_NOTE,
  })
}
const SHARE_NOTE = '20 % (10 … 40) of the price of the chip: host, chassis and network'

function networkOf(chip: Chip, owners: Known): Known {
  if (!hasBaseboard(chip) && !isRackPriced(chip)) return nothing(BASEBOARD.network, 'in the share of the server')
  return isKnown(owners) ? owners : BASEBOARD.network
}

function nothing(like: Figure, note: string): Figure {
  return { value: 0, unit: 'USD', source: like.source, basis: 'derived', note }
}

/**
 * Power drawn at the server at full load. SRAM machines publish system power; GPUs as the energy room has it, so that a
 * chip-hour and joules per token speak of the same watts.
 */
function fullLoadPower(chip: Chip): Known<Watts> {
  if (chip.kind === 'sram' && isKnown(chip.power.allIn)) return chip.power.allIn
  const use = energyUse({ chip, chips: 1, busy: 1 })
  if ('unknown' in use) return use
  const { central, low, high } = use.server
  const from = [chip.power.tdp, chip.power.allIn, chip.rack.power].find(isKnown)
  return {
    value: central,
    low,
    high,
    unit: 'W',
    source: from !== undefined && isKnown(from) ? from.source : 'derived',
    basis: 'derived',
    note: `from ${use.fullLoad}`,
  }
}

/** Power to provide for, at the meter: GPUs have a published figure with the facility's share in it. */
function provisionedPower(chip: Chip, pue: Known): Known<Watts> {
  const { allIn, tdp } = chip.power
  if (chip.kind !== 'sram' && isKnown(allIn)) return allIn
  const atServer = isKnown(allIn) ? allIn : isKnown(tdp) ? hostedPower(tdp) : undefined
  if (atServer === undefined) return { unknown: `the power of ${chip.name} is not published` }
  return product(atServer, pue, { unit: 'W', basis: 'derived', note: 'at the server, times PUE' })
}

/** TDP with the host share measured on 8-chip servers at full load (MLPerf Inference v5.1). */
function hostedPower(tdp: Figure<Watts>): Figure<Watts> {
  return { ...mapFigure(tdp, (watts) => watts * 1.21), low: tdp.value * 1.125, high: tdp.value * 1.3 }
}
