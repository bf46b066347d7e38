import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PICTURES } from './picture.ts'

// Draws the pictures of the documentation anew.
for (const { file, make } of PICTURES) {
  writeFileSync(join(import.meta.dirname, '../docs/pictures', file), await make())
  process.stdout.write(`docs/pictures/${file}\n`)
}
