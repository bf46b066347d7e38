#!/usr/bin/env node
import { EXIT_INPUT } from './exit-code.ts'
import { processIo } from './io.ts'
import { run } from './run.ts'

// `pincer … | head` closes the pipe early: that ends the output, and is no fault.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0)
  process.stderr.write(`error: the output cannot be written (${code ?? 'unknown fault'})\n`)
  process.exit(EXIT_INPUT)
})

process.exitCode = await run(process.argv.slice(2), processIo())
