import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pincerFacts, pincerPage } from './pincer/page.ts'
import { PINCER_PICTURES } from './pincer/picture.ts'

// Prints docs/pincer.md and its pictures anew.
const docs = join(import.meta.dirname, '../docs')
const facts = pincerFacts()
write('pincer.md', pincerPage(facts))
for (const [file, draw] of Object.entries(PINCER_PICTURES)) write(`pictures/${file}`, draw(facts))

function write(file: string, text: string): void {
  writeFileSync(join(docs, file), text)
  process.stdout.write(`docs/${file}\n`)
}
