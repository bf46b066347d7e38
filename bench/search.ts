import { type SearchQuestion, planSearch, searchPart, searchResult } from '../src/index.ts'
import type { BenchResult } from './result.ts'
import { timeRepeats } from './repeat.ts'

// Dense and sparse, one operator and many per layer; with the constants of a site's own measurements, as a user of them searches.
const QUESTIONS: readonly SearchQuestion[] = ['llama3.1-70b', 'deepseek-v3', 'gpt-oss-120b', 'qwen3-235b-a22b'].map(
  (model) => ({
    model,
    calibration: {
      bandwidth: 0.97,
      compute: 1.02,
      links: 0.95,
      engines: { vllm: { hostOverhead: 1.1, requestOverhead: 0.9 } },
    },
  }),
)

/**
 * Configurations per second that a search on one core goes through, from the question to the frontier: measured chips, usual formats, all
 * engines, mappings of a node, 1 to 4096 clients. Refused ones do not count.
 */
export function searchPerSecond(): BenchResult {
  let count = 0
  const batch = (): void => {
    count = 0
    for (const question of QUESTIONS) {
      const plan = planSearch(question)
      count += searchResult(plan, [searchPart(plan, 0, plan.candidates.length)]).tried
    }
  }
  const { median, least } = timeRepeats(batch, 5, 2)
  return { name: 'search.configs_per_s', value: (count / median) * 1e3, unit: '1/s', best: (count / least) * 1e3 }
}
