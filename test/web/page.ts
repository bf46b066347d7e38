import type { Page } from 'playwright-core'

/**
 * All numbers of a document to twelve digits: browsers and Node differ in the last digit of `Math.exp` and `Math.pow`, and in
 * nothing else. What depends on the clock is left out.
 */
export function rounded(document: unknown, without: readonly string[] = []): unknown {
  return JSON.parse(JSON.stringify(document), (key, value: unknown) => {
    if (without.includes(key)) return undefined
    return typeof value === 'number' ? Number(value.toPrecision(12)) : value
  })
}

/** Copies by a button of the page, and gives what was copied. */
export async function copied(page: Page, what: string): Promise<string> {
  await page.getByRole('button', { name: what, exact: true }).click()
  await page.getByText(`Copied: ${what}`).waitFor()
  return (await page.evaluate('navigator.clipboard.readText()')) as string
}

/** Until the address is another than before `change`, and the view `name` stands still again. */
export async function settled(page: Page, name: string, change: () => Promise<unknown>): Promise<void> {
  const before = await page.evaluate(() => location.hash)
  await change()
  // A function: a text would be evaluated, which the page's policy forbids.
  await page.waitForFunction((hash) => location.hash !== hash, before)
  await page.waitForSelector(`.${name}[data-phase="idle"]`)
}

/** A picture as text, without the bytes of what is painted in it. */
export function drawn(svg: Buffer): string {
  return svg.toString().replaceAll(/(?<=base64,)[^"]*/g, '')
}

/** The file that a button of a chart hands out. */
export async function saved(page: Page, chart: string, kind: string): Promise<Buffer> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('figure', { name: chart }).locator('.saves').getByRole('button', { name: kind }).click(),
  ])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
