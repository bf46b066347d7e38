import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownKernels } from './own-kernel.ts'

// Makes the example of kernel timings anew.
writeFileSync(join(import.meta.dirname, '../examples/own-kernels.csv'), ownKernels())
