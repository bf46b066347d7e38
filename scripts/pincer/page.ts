import { SPARSE, type Trio, trioOf } from './arm.ts'
import { modelSection, partnerTable } from './arm-table.ts'
import {
  type PincerFacts,
  type Story,
  capacityTable,
  clientsTable,
  contextRows,
  contextTable,
  priceTable,
  sizeTable,
  speedCrossings,
  speedTable,
} from './condition.ts'
import { USER_SPEED, YARDSTICK, faceOffs, nameOf } from './face-off.ts'
import { findings, losses, squareTable } from './finding.ts'

export function pincerFacts(): PincerFacts {
  const stories = SPARSE.map(trioOf).map((trio): Story => ({ trio, rows: faceOffs(trio) }))
  const trios = stories.map(({ trio }) => trio)
  return { stories, crossings: speedCrossings(trios), contexts: contextRows(trios[0]!) }
}

/** docs/pincer.md: every number in it is worked out here. */
export function pincerPage(facts: PincerFacts): string {
  const { stories } = facts
  const trios = stories.map(({ trio }) => trio)
  return `${[
    intro(),
    findings(facts),
    '',
    '![Cost per token of sparse models over the speed of every user](pictures/pincer-speed.svg)',
    '',
    square(stories),
    ...conditions(facts, trios),
    '## Where the two together lose',
    '',
    `Cost per token of the sparse model over its own on ${nameOf(YARDSTICK)}:`,
    '',
    losses(stories),
    '',
    CAVEATS,
    '',
    '## Machine by machine',
    '',
    partnerTable(trios),
    '',
    PARTNERS,
    '',
    ...stories.map(({ trio, rows }) => modelSection(trio, rows)),
  ]
    .join('\n')
    .trimEnd()}\n`
}

function intro(): string {
  return `# The pincer

Two revolutions close on the GPU from two sides: **sparse models**, which compute with a few percent of their parameters, and **SRAM machines**, whose weights never leave the chip. They pull against each
other: memory follows *all* parameters, speed the *active* ones. Do they win together, and when? ([The article's claims](claims.md), one by one.)

Everything below is what \`pincer compare\`, \`crossover\` and \`solve\` say: 1,024 tokens in and out, weights and cache in fp8, the catalog's prices, and for each model and machine the cheapest mapping, number
of machines and number of users. Tables give the 90 % band where there is one. The page is printed by \`npm run pincer-page\`, sentences and all; a test prints part of it anew.

## In short
`
}

function square(stories: readonly Story[]): string {
  return [
    '## The square',
    '',
    `Cost per output token, each at its cheapest point, over a dense model of equal total size (T, below) on ${nameOf(YARDSTICK)}. Sparsity is the step to the right within a machine, SRAM the step from machine to machine.`,
    '',
    squareTable(stories),
    '',
    `![Cost per token over that on ${nameOf(YARDSTICK)}, with bands](pictures/pincer-band.svg)`,
    '',
  ].join('\n')
}

function conditions({ stories, crossings, contexts }: PincerFacts, trios: readonly Trio[]): string[] {
  const [first] = trios
  return [
    '## The conditions',
    '',
    '**Speed per user** (tokens/s): from where on the cheapest deployment on SRAM that gives it to every user costs less than the cheapest on GPUs.',
    '',
    speedTable(trios, crossings),
    '',
    '**Users**, with no speed asked: a pipeline of wafers earns its price with the users that fill it. The GPUs of the cheapest point against the smallest system of wafers, both as they stand.',
    '',
    clientsTable(stories),
    '',
    `**Context**: ${first!.arch.name} at ${USER_SPEED} tokens/s per user, 1,024 tokens out.`,
    '',
    contextTable(contexts),
    '',
    `**Price of a machine-hour** at which the sparse model costs as much as on ${nameOf(YARDSTICK)}, at ${USER_SPEED} tokens/s per user (\`pincer solve --free price --ratio 1 --user-speed ${USER_SPEED}\` says the same). At a utilisation of u a machine is worth u times as much; so where today's price is a share of it, that is also the utilisation from which it pays against GPUs rented by the used hour.`,
    '',
    priceTable(stories),
    '',
    '**Total size against SRAM**: machines that hold the weights and nothing else, and machines of the cheapest system at the same speed, whose rest is users.',
    '',
    sizeTable(stories),
    '',
    `More SRAM on an LPU, at its price of today: what it would take to cost as much as ${nameOf(YARDSTICK)} (\`pincer solve --free memory.sram.capacity\`).`,
    '',
    capacityTable(trios),
    '',
  ]
}

const CAVEATS = `How far to trust it:
- Ratios on one machine are the surest: its price cancels. Ratios across machines carry both prices and both speeds in their bands; «band and all» is said where the whole 90 % band lies on one side of 1.
- No throughput of LPUs or wafers under load was ever published. Their cheapest points have hundreds to thousands of users in flight: physics, not measurement, and the bands reach down to stages that work on one sequence at a time ([dataflow](dataflow.md)).
- The price of a WSE-3 system is an estimate with a wide range ([economics](economics.md)); LPX, SambaNova and d-Matrix publish none, so that only ratios on one machine and the break-even price are said. LPX is timed alone, one stage as wide as a rack and four users in it, where its vendor sells it as a partner of GPUs.
- Systems of LPUs and wafers are larger here than any that was published; [fit](fit.md) says which would be.
- Quality is not compared: a sparse model is better than a dense one of its active size and, trained alike, about as good as one of its total size or a little less.
- All in one format. gpt-oss and Kimi K2 ship in narrower ones, which halves their bytes on every machine that computes them.`

const PARTNERS = `Dense partners are the nearest catalog models within 15 % whose layers share keys among query heads. Where none is that near, Llama 3.1 405B is scaled in width and depth alike until the parameters come out: an
architecture nobody trained, marked *own*.`
