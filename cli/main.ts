#!/usr/bin/env node
import { processIo } from './io.ts'
import { run } from './run.ts'

// `pincer … | head` closes the pipe early: that ends the output, and is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => {
  if (fault.code === 'EPIPE') process.exit(0)
  throw fault
})

process.exitCode = await run(process.argv.slice(2), processIo())
