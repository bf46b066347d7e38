import { PincerError, possible } from '../issue/index.ts'
import type { PreparedScenario } from '../predict/index.ts'

/** How many clients a deployment serves at a speed, and what keeps them from being more. */
export interface ClientsAtSpeed {
  readonly clients: number
  /**
   * speed: one more client would slow all of them below it. cache: more would wait for room in the KV cache. range: more are not
   * tried. unreachable: a single client does not get the speed, and `clients` is 1.
   */
  readonly limit: 'speed' | 'cache' | 'range' | 'unreachable'
}

/** As many as `solve` tries. */
const MOST_CLIENTS = 65_536

/**
 * The most clients of whom each gets at least `userSpeed` tokens per second, at central values, and who all run at once. Loads
 * are tried in doublings, so that a speed which rises again with a larger system is seen; then the step above is halved down to neighbours.
 * @throws PincerError for a speed that is not positive, and as a load of one client does
 */
export function clientsAtSpeed(prepared: PreparedScenario, userSpeed: number): ClientsAtSpeed {
  if (!(userSpeed > 0 && Number.isFinite(userSpeed))) {
    const message = `must be a number above 0, not ${userSpeed}`
    throw new PincerError({ code: 'invalid_value', path: ['userSpeed'], message })
  }
  const first = prepared.load(1)
  const judge = (clients: number): 'met' | 'cache' | 'speed' => {
    const [load] = clients === 1 ? [first] : possible(() => prepared.load(clients))
    if (load === undefined || load.batch.capacity < clients) return 'cache'
    return load.throughput.perUser.value >= userSpeed ? 'met' : 'speed'
  }
  if (judge(1) === 'speed') return { clients: 1, limit: 'unreachable' }
  const doublings = Array.from({ length: Math.log2(MOST_CLIENTS) + 1 }, (_, i) => 2 ** i)
  let low = doublings.findLast((clients) => judge(clients) === 'met') ?? 1
  if (low === MOST_CLIENTS) return { clients: low, limit: 'range' }
  let high = low * 2
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (judge(middle) === 'met') low = middle
    else high = middle
  }
  return { clients: low, limit: judge(high) === 'cache' ? 'cache' : 'speed' }
}
