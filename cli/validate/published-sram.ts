import { type DeploymentSpeed, deploymentSpeed } from '../../src/index.ts'
import { archOf } from '../input/arch.ts'
import { countCell } from './cell.ts'
import type { PublishedSetting } from './published.ts'
import { contextLength, precisionOf } from './published-label.ts'
import { serverPower } from './published-power.ts'
import type { Predictions, RowInputs } from './row-kind.ts'

/** Speed and power of an SRAM or dataflow machine described the way publications do. */
export function sramSpeed({ model, chip, chips, inputs }: PublishedSetting): Predictions {
  const precision = precisionOf(inputs)
  const users = countCell(inputs, 'concurrency')
  const context = contextLength(inputs)
  const date = inputs.get('date')
  const tp = tensorDegree(inputs.get('id') ?? '')
  const speed = deploymentSpeed({
    arch: archOf(model),
    chip,
    speculation: drafting(inputs),
    ...(chips === undefined ? {} : { chips }),
    ...(precision === undefined ? {} : { precision }),
    ...(users === undefined ? {} : { users }),
    ...(context === undefined ? {} : { context }),
    ...(date === undefined ? {} : { date }),
    ...(tp === undefined ? {} : { tp }),
  })
  return { ...rates(speed), ...serverPower(chip, speed.chips) }
}

/**
 * Chips that share each layer, where the id of a row names the layout, as ids do of rows that differ by nothing else
 * (`sn50_minimax_tp16`); undefined where it does not. Of `tp8dp8` only the first degree is read: eight ranks of eight chips are
 * more than the sixteen that the row states, so that the second is not a number of replicas.
 */
export function tensorDegree(id: string): number | undefined {
  const degree = /(?:^|[_-])tp(\d+)/i.exec(id)?.[1]
  return degree === undefined ? undefined : Number(degree)
}

function drafting(inputs: RowInputs): 'yes' | 'no' | 'unknown' {
  const text = inputs.get('spec_decode') ?? ''
  if (text.startsWith('yes')) return 'yes'
  return text.startsWith('no') ? 'no' : 'unknown'
}

// The band is known for one user's speed; the whole system's is as uncertain.
function rates({ tokensPerSecondPerUser: user, tokensPerSecondSystem: system, band }: DeploymentSpeed): Predictions {
  return {
    tok_s_per_user: { value: user, lo: band.low, hi: band.high },
    throughput_tok_s: { value: system, lo: (system * band.low) / user, hi: (system * band.high) / user },
  }
}
