import { argv, resourceUsage, stdout } from 'node:process'
import { simulate, summary } from '../src/index.ts'
import { SETTINGS, conversation, stepTable } from './serving.ts'

/** A whole process: draws the requests that its argument says, serves them, prints their percentiles and the memory it took. */
const figures = summary(simulate(conversation(Number(argv[2])), stepTable(), SETTINGS))
const { ttft, tpot, e2e, requestRate } = figures
stdout.write(JSON.stringify({ ttft, tpot, e2e, requestRate, kilobytes: resourceUsage().maxRSS }))
