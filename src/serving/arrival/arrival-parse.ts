import type { RatePoint } from './arrival-curve.ts'
import { Fields, fault } from './arrival-field.ts'
import type { ArrivalProcess } from './arrival-process.ts'

type Path = readonly (string | number)[]

const KINDS: ReadonlyMap<ArrivalProcess['kind'], readonly string[]> = new Map([
  ['poisson', ['rate']],
  ['gamma', ['rate', 'cv']],
  ['weibull', ['rate', 'cv']],
  ['uniform', ['rate']],
  ['on-off', ['onRate', 'offRate', 'onSeconds', 'offSeconds']],
  ['curve', ['points', 'repeat', 'cv']],
  ['burst', ['size', 'next']],
])

// A tick is 1/32 ns: above 1e9 requests per second gaps would be lost in rounding. Below 1e-6 one request takes days.
const RATE = { atLeast: 1e-6, atMost: 1e9 }
const CV = { atLeast: 1e-3, atMost: 100 }
const SOJOURN = { above: 0, atMost: 1e6 }

/**
 * An arrival process as data, checked field by field.
 * @throws PincerError `missing_field`, `unknown_field`, `invalid_value` with the path of the field
 */
export function parseArrivalProcess(input: unknown, path: Path = []): ArrivalProcess {
  const fields = new Fields(input, path)
  const kind = fields.kind(KINDS)
  switch (kind) {
    case 'poisson':
    case 'uniform':
      return { kind, rate: fields.number('rate', RATE) }
    case 'gamma':
    case 'weibull':
      return { kind, rate: fields.number('rate', RATE), cv: fields.number('cv', CV) }
    case 'on-off':
      return parseOnOff(fields)
    case 'curve':
      return parseCurve(fields)
    case 'burst':
      return parseBurst(fields)
  }
}

function parseOnOff(fields: Fields): ArrivalProcess {
  const offRate = fields.has('offRate') ? fields.number('offRate', { atLeast: 0, atMost: RATE.atMost }) : 0
  return {
    kind: 'on-off',
    onRate: fields.number('onRate', RATE),
    offRate,
    onSeconds: fields.number('onSeconds', SOJOURN),
    offSeconds: fields.number('offSeconds', SOJOURN),
  }
}

function parseBurst(fields: Fields): ArrivalProcess {
  const size = fields.has('size') ? { size: fields.number('size', { atLeast: 1, whole: true }) } : {}
  if (!fields.has('next')) {
    if (!fields.has('size')) return { kind: 'burst' }
    throw fault('missing_field', [...fields.path, 'next'], 'what comes after the burst is not said')
  }
  const path = [...fields.path, 'next']
  // Bounds the nesting: a burst after a burst would be one burst.
  if (new Fields(fields.get('next'), path).get('kind') === 'burst') {
    throw fault('invalid_value', path, 'is a burst itself')
  }
  if (!fields.has('size')) throw fault('missing_field', [...fields.path, 'size'], 'is missing')
  return { kind: 'burst', ...size, next: parseArrivalProcess(fields.get('next'), path) }
}

function parseCurve(fields: Fields): ArrivalProcess {
  const points = fields.list('points').map((point, i) => parsePoint(point, [...fields.path, 'points', i]))
  checkPoints(points, [...fields.path, 'points'])
  const cv = fields.has('cv') ? { cv: fields.number('cv', CV) } : {}
  return { kind: 'curve', points, repeat: fields.flag('repeat'), ...cv }
}

function parsePoint(point: unknown, path: Path): RatePoint {
  const [seconds, rate] = Array.isArray(point) && point.length === 2 ? (point as unknown[]) : []
  const isPair = typeof seconds === 'number' && typeof rate === 'number'
  if (!isPair || !Number.isFinite(seconds) || !(rate >= 0 && rate <= RATE.atMost)) {
    throw fault('invalid_value', path, 'is not a pair [seconds, requests per second ≥ 0]')
  }
  return [seconds, rate]
}

function checkPoints(points: readonly RatePoint[], path: Path): void {
  if (points.length < 2) throw fault('invalid_value', path, 'a curve has at least two points')
  if (points[0]![0] !== 0) throw fault('invalid_value', [...path, 0], 'the first point is not at 0 seconds')
  for (let i = 1; i < points.length; i++) {
    if (points[i]![0] < points[i - 1]![0]) throw fault('invalid_value', [...path, i], 'goes back in time')
  }
  if (points.at(-1)![0] === 0) throw fault('invalid_value', path, 'all points are at 0 seconds')
  const isSilent = points.every(
    ([seconds, rate], i) => i === 0 || rate + points[i - 1]![1] === 0 || seconds === points[i - 1]![0],
  )
  if (isSilent) throw fault('invalid_value', path, 'the rate is 0 everywhere')
}
