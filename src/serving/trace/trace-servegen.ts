import { nearest } from '../../issue/index.ts'
import type { Seconds } from '../../units/index.ts'
import type { RatePoint } from '../arrival/arrival-curve.ts'
import { Fields, fault } from '../arrival/arrival-field.ts'
import { parseArrivalProcess } from '../arrival/arrival-parse.ts'
import type { ArrivalProcess } from '../arrival/arrival-process.ts'
import { type LengthDistribution, LONGEST } from '../arrival/length-distribution.ts'
import { meanLength } from '../arrival/length.ts'
import { parseLengthDistribution } from '../arrival/length-parse.ts'

/** What a summary of a production workload says of one model. */
export interface ServegenWorkload {
  /** Rate over time, constant within each window. */
  readonly arrivals: ArrivalProcess
  readonly prompt: LengthDistribution
  readonly output: LengthDistribution
  /** Length of the record. */
  readonly seconds: Seconds
  /** What the summary does not say or says in part. */
  readonly notes: readonly string[]
}

/**
 * One model of a summary in the manner of ServeGen (Xiang et al., 2025): requests per second by window, and quantile tables of
 * lengths. `input` is the parsed JSON, a record of models by name. Text and image tokens are not added up: a multimodal
 * model gives its text tokens as prompt, and a note.
 *
 * Between requests gaps are exponential unless `cv` says otherwise: the summary's coefficients of variation are those of
 * single clients, and many clients together are closer to Poisson than each of them.
 * @throws PincerError `missing_field`, `invalid_value` with the path of the field
 */
export function servegenWorkload(input: unknown, model: string, cv: number = 1): ServegenWorkload {
  const models = new Fields(input, [])
  if (!models.has(model)) {
    const near = nearest(model, models.names())
    const hint = near === undefined ? `it has ${models.names().slice(0, 12).join(', ')}` : `did you mean "${near}"?`
    throw fault('invalid_value', ['model'], `the summary has no model ${JSON.stringify(model.slice(0, 100))}`, hint)
  }
  const fields = new Fields(models.get(model), [model])
  const window = fields.number('window_s', { above: 0 })
  const rates = fields.numbers('rate_per_s', { atLeast: 0 })
  const lengths = new Fields(fields.get('lengths'), [model, 'lengths'])
  const promptName = lengths.has('input_tokens') ? 'input_tokens' : 'text_tokens'
  const points = rates.flatMap((rate, i): RatePoint[] => [
    [i * window, rate],
    [(i + 1) * window, rate],
  ])
  const prompt = quantileTable(lengths, promptName)
  const output = quantileTable(lengths, 'output_tokens')
  const notes = [
    ...notesOf(fields, lengths, promptName),
    ...meanNotes('prompt', prompt),
    ...meanNotes('output', output),
  ]
  return {
    arrivals: parseArrivalProcess({ kind: 'curve', points, repeat: true, cv }, [model, 'rate_per_s']),
    prompt,
    output,
    seconds: rates.length * window,
    notes,
  }
}

function quantileTable(lengths: Fields, name: string): LengthDistribution {
  const table = new Fields(lengths.get(name), [...lengths.path, name])
  const mean = table.has('mean') ? { mean: table.number('mean', { above: 0 }) } : {}
  const shares = table.numbers('q', { atLeast: 0, atMost: 1 })
  const values = table.numbers('v', { atLeast: 0, atMost: LONGEST })
  return parseLengthDistribution({ kind: 'quantiles', shares, values, ...mean }, table.path)
}

// Between far quantiles the law is not known: the mean tells how far off the curve through them is.
function meanNotes(what: string, distribution: LengthDistribution): string[] {
  if (distribution.kind !== 'quantiles' || distribution.mean === undefined) return []
  const mean = meanLength(distribution)
  if (Math.abs(mean / distribution.mean - 1) < 0.005) return []
  const published = distribution.mean.toFixed(1)
  return [`${what}: the quantiles give a mean of ${mean.toFixed(1)} tokens where the summary has ${published}`]
}

function notesOf(fields: Fields, lengths: Fields, promptName: string): string[] {
  const notes: string[] = []
  if (fields.has('rate_share_with_lengths')) {
    const share = fields.number('rate_share_with_lengths', { atLeast: 0, atMost: 1 })
    if (share < 1) notes.push(`lengths are known of ${(100 * share).toFixed(1)} % of the requests`)
  }
  const smallest = new Fields(lengths.get('output_tokens'), lengths.path).numbers('v', {})[0]!
  if (smallest < 1) notes.push('outputs of 0 tokens are taken as 1')
  const ignored = lengths
    .names()
    .filter((name) => name.endsWith('_tokens') && name !== promptName && name !== 'output_tokens')
  if (ignored.length > 0) notes.push(`not part of the prompt: ${ignored.join(', ')}`)
  return notes
}
