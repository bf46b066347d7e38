import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Prediction, findModelEntry } from '../../src/index.ts'
import { cliJson, inFolder } from '../cli/harness.ts'
import { violations } from './accessibility.ts'
import { type App, CHROMIUM, startApp } from './browser.ts'
import { headline, shown } from './deployment-page.ts'
import { LLAMA_8B, ggufHeader, llamaTensors } from './own-file.ts'

describe.skipIf(CHROMIUM === undefined)('models and chips of one’s own', { timeout: 120_000 }, () => {
  let app: App
  beforeAll(async () => {
    app = await startApp()
  }, 180_000)
  afterAll(() => app?.close())

  it('come from files, of which only headers are read, and can be chosen everywhere', async () => {
    await inFolder({}, async (folder) => {
      const large = join(folder, 'llama.gguf')
      const head = ggufHeader(LLAMA_8B.metadata, llamaTensors(LLAMA_8B.shape))
      writeFileSync(large, head)
      // Sparse: takes no room, and is larger than a page could hold.
      truncateSync(large, 4_920_000_000)
      writeFileSync(join(folder, 'config.json'), JSON.stringify(findModelEntry('mixtral-8x7b').config))
      const { page, faults } = await app.open('#/own')
      const input = page.locator('input[type="file"]')
      await input.setInputFiles([large, join(folder, 'config.json'), 'examples/own-chip.json'])
      await page.getByText('Added: Meta Llama 3.1 8B Instruct, config, Own chip').waitFor({ timeout: 30_000 })
      const llama = page.locator('[data-own="model"]', { hasText: 'Meta Llama' })
      expect(await llama.textContent()).toMatch(/8\.03 B parameters .* read [34](\.\d+)? MB of 4\.92 GB/)
      await llama.getByRole('link', { name: 'Use it' }).click()
      await page.waitForSelector('.key-figures .large')
      await page
        .locator('.inputs')
        .getByLabel('Machine', { exact: true })
        .selectOption({ label: 'Own chip, first silicon' })
      await page.getByRole('textbox', { name: 'Clients' }).fill('4')
      const argv = '--model llama-3.1-8b --chip ./examples/own-chip.json --chips 8 --precision fp8 --concurrency 4'
      const [cost, ...rest] = headline(await cliJson<Prediction>(['predict', ...argv.split(' ')]))
      await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual([cost, ...rest])
      await expect.poll(() => page.evaluate('location.hash')).toContain('clients=4')
      const link = (await page.evaluate('location.hash')) as string
      expect(link).not.toMatch(/llama|own-chip|silicon/i)
      await page.reload()
      await expect.poll(() => shown(page), { timeout: 20_000 }).toEqual([cost, ...rest])
      const [, model, chip] = /model=(own:\w+)&chip=(own:\w+)/.exec(link)!
      for (const [hash, idle, words] of [
        [`#/pincer?v=1&dense=${model}&gpu=${chip}`, '.pincer[data-phase="idle"] .square', /Meta Llama.*Own chip/],
        [`#/frontier?v=1&model=${model}&chips=${chip}&prices=${chip}:2`, '.frontier svg', /Meta Llama/],
        [`#/serving?v=1&model=${model}&chip=${chip}`, '.serving .lead', /Meta Llama 3.1 8B Instruct.* Own chip/],
        [
          `#/machines?v=1&model=${model}&machine=${chip}`,
          '[data-machine="own-chip"][data-status="fits"]',
          /Meta Llama/,
        ],
        [`#/money?v=1&part=two&model=${model}`, '.money svg', /H100/],
      ] as const) {
        await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
        await page.waitForSelector(idle, { timeout: 20_000 })
        await expect.poll(() => page.locator('main .content').textContent(), { timeout: 20_000 }).toMatch(words)
        expect(await page.getByRole('alert').allTextContents()).toEqual([])
      }
      const elsewhere = await app.open(link)
      await elsewhere.page.getByRole('alert').getByText('links do not hold what it is').first().waitFor()
      // A page that is left lets go of its icon.
      expect([...faults, ...elsewhere.faults].filter((fault) => !fault.includes('icon.svg'))).toEqual([])
    })
  })

  it('come from the hub when somebody asks, with a clear word when they do not', async () => {
    const { page, faults } = await app.open('#/own')
    const asked: string[] = []
    page.on('request', (request) => !request.url().startsWith(app.url) && asked.push(request.url()))
    const config = JSON.stringify(findModelEntry('qwen2.5-7b').config)
    await page.route('https://huggingface.co/**', async (route) => {
      const url = route.request().url()
      const headers = { 'access-control-allow-origin': '*' }
      if (url.includes('Qwen/')) await route.fulfill({ body: config, headers })
      else if (url.includes('gated/')) await route.fulfill({ status: 401, headers })
      else if (url.includes('none/')) await route.fulfill({ status: 404, headers })
      else await route.abort()
    })
    const ask = async (id: string): Promise<void> => {
      await page.getByLabel('Name of the model').fill(id)
      await page.keyboard.press('Enter')
    }
    await ask('Qwen/Qwen2.5-7B')
    await page.locator('[data-own="model"]', { hasText: 'Qwen/Qwen2.5-7B' }).getByText('7.616 B parameters').waitFor()
    for (const [id, words] of [
      ['gated/model', 'refuses gated/model (HTTP 401)'],
      ['none/model', 'has no none/model'],
      ['far/away', 'cannot be reached'],
      ['../../etc', 'no name of a model'],
    ] as const) {
      await ask(id)
      await page.getByRole('alert').getByText(words).waitFor()
    }
    expect(asked).toEqual(
      ['Qwen/Qwen2.5-7B', 'gated/model', 'none/model', 'far/away'].map(
        (id) => `https://huggingface.co/${id}/resolve/main/config.json`,
      ),
    )
    // What the browser itself says of requests that were refused.
    expect(faults.filter((fault) => !/huggingface|ERR_FAILED|40[14]/.test(fault))).toEqual([])
  })

  it('are dropped, described in a form, and refused in the engine’s words', async () => {
    const { page } = await app.open('#/own')
    await page.waitForSelector('.drop')
    await page.evaluate(`(() => {
      const data = new DataTransfer()
      data.items.add(new File(['{"model_type": "lama"}'], 'config.json'))
      document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }))
    })()`)
    await page.getByRole('alert').getByText('unknown model family "lama"; did you mean llama?').waitFor()
    await page.getByLabel('Start from').selectOption('h100-sxm')
    await expect.poll(() => page.getByLabel('Memory bandwidth').inputValue()).toBe('3.35')
    await page.getByLabel('Name', { exact: true }).fill('Twice the HBM')
    await page.getByLabel('Memory bandwidth').fill('six')
    await page.getByRole('button', { name: 'Add this chip' }).click()
    await page.getByRole('alert').getByText('bandwidth').first().waitFor()
    await page.getByLabel('Memory bandwidth').fill('6.7')
    await page.getByRole('button', { name: 'Add this chip' }).click()
    await page.locator('[data-own="chip"]', { hasText: 'Twice the HBM' }).getByText('6.7 TB/s').waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove Twice the HBM' }).click()
    expect(await page.locator('[data-own]').count()).toBe(0)
  })
})
