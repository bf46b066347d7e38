/**
 * Makes what the residuals of calibrate/residual say, without any measurement: catalog/fits/serving-band.json, docs/accuracy.md and its
 * pictures. Usage: npm run accuracy. Deterministic: same residuals, same bytes.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { bandFile } from './band-file.ts'
import { accuracyPage } from './accuracy-page.ts'
import { accuracyPictures } from './accuracy-picture.ts'
import { readOtherVendor, readResiduals } from './residual-table.ts'

const root = new URL('../', import.meta.url)
const rows = readResiduals()
writeFileSync(
  new URL('catalog/fits/serving-band.json', root),
  `${JSON.stringify(bandFile(rows, readOtherVendor()), undefined, 1)}\n`,
)
mkdirSync(new URL('docs/pictures/', root), { recursive: true })
for (const { name, svg } of accuracyPictures(rows)) writeFileSync(new URL(`docs/pictures/${name}.svg`, root), svg)
writeFileSync(new URL('docs/accuracy.md', root), accuracyPage(rows))
