import type { Seconds } from '../units/index.ts'

/**
 * Mean TTFT of `clients` prompts that all arrive at once when one prompt takes `service` seconds of a server that takes
 * them in turn: the i-th waits for i − 1 others.
 */
export function startBurstTtft(clients: number, service: Seconds): Seconds {
  return ((clients + 1) / 2) * service
}
