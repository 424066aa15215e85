import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { fillWorkspace } from '../support/fill-workspace.ts'
import {
  deleteWorkspace,
  launchChromium,
  openPage,
  serveApp,
  temporaryWorkspace,
  type ServedApp,
} from '../support/served-app.ts'

let browser: Browser
let app: ServedApp
let page: Page
let faults: string[]

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

async function open(url = app.url): Promise<void> {
  faults = []
  page = await openPage(browser, url)
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
}

async function serveWith(runs: number): Promise<void> {
  const workspace = temporaryWorkspace()
  if (runs > 0) fillWorkspace(workspace, { runs, pointsPerSeries: 300 })
  app = await serveApp(workspace)
  await open()
}

afterEach(async () => {
  await page.context().close()
  await app.stop()
  deleteWorkspace(app.workspace)
})

const card = (tag: string) => page.locator(`[data-tag="${tag}"]`)
const row = (name: string) => page.getByRole('row', { name: new RegExp(`^Overlay ${name} `) })

describe('a newcomer', () => {
  beforeEach(() => serveWith(0))

  test('starts the example that is preselected, sees its curve grow, and stops it', async () => {
    await page.getByRole('button', { name: 'New run' }).first().click()
    // As many epochs as it takes to be stopped, however fast they are.
    const file = page.getByRole('textbox', { name: 'Experiment file' })
    await expect.poll(() => file.inputValue()).toContain('epochs: ')
    await file.fill((await file.inputValue()).replace(/epochs: \d+/, 'epochs: 5000'))
    await page.getByText('changed, no problems').waitFor()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await card('train/loss').locator('canvas').waitFor({ timeout: 15_000 })
    const points = page.getByText(/^1 run · \d+ tags · [\d.,k]+ points$/)
    const before = await points.textContent()
    await expect.poll(() => points.textContent(), { timeout: 10_000 }).not.toBe(before)
    const groups = await page.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts()
    expect(groups.map((text) => text.replace(/\s*\d+$/, ''))).not.toContain('weights') // histograms are no curves
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await row('Fashion-MNIST sample').getByText('stopped').waitFor()
    expect(faults).toEqual([])
  })

  test('builds a model in the form, sees shapes, sizes and mistakes at the layer, and starts what the file then says', async () => {
    await page.getByRole('button', { name: 'New run' }).first().click()
    await page.getByRole('button', { name: /^XOR/ }).click()
    await page.getByText('Form', { exact: true }).click()
    const layers = page.getByRole('combobox', { name: /^layer \d$/ })
    await expect.poll(() => layers.count()).toBe(2)
    const file = page.getByRole('textbox', { name: 'Experiment file' })
    const first = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('combobox', { name: 'layer 1', exact: true }) })
    await first.getByLabel('units').fill('5')
    await first.getByLabel('units').press('Tab')
    await expect.poll(() => file.inputValue()).toContain('units: 5')
    await first.getByText('(batch, 5) · 15 params').waitFor()
    await page.getByRole('combobox', { name: 'Add layer' }).selectOption('add')
    const third = page.getByRole('listitem').filter({ has: page.getByRole('combobox', { name: 'layer 3' }) })
    await third.getByText('add takes at least 2 inputs, got 1').waitFor()
    await third.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('changed, no problems').waitFor()
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByRole('cell', { name: '(None, 5)' }).waitFor()
    expect(faults).toEqual([])
  })

  test('picks the data of a form from the folders of the machine', async () => {
    await page.getByRole('button', { name: 'New run' }).first().click()
    await page.getByRole('button', { name: /^Iris/ }).click()
    await page.getByText('Form', { exact: true }).click()
    await page.getByLabel('file*', { exact: true }).fill('')
    await page.getByLabel('file*', { exact: true }).press('Tab')
    await page.getByText(/to mend before it can start/).waitFor()
    await page.getByRole('button', { name: 'Browse for file' }).click()
    const picker = page.getByRole('dialog', { name: 'Files for file' })
    for (const folder of ['..', 'resources', 'data'])
      await picker.getByRole('button', { name: folder, exact: true }).click()
    await picker.getByRole('button', { name: /^iris\.csv/ }).click()
    await page.getByText(/^\d+ rows to train on$/).waitFor()
    const text = await page.getByRole('textbox', { name: 'Experiment file' }).inputValue()
    expect(text).toContain('file: ../resources/data/iris.csv')
    expect(faults).toEqual([])
  })

  test('is told of a mistake with its line, and can start once it is mended', async () => {
    await page.getByRole('button', { name: 'New run' }).first().click()
    const editor = page.getByRole('textbox', { name: 'Experiment file' })
    const start = page.getByRole('button', { name: 'Start', exact: true })
    await expect.poll(() => editor.inputValue()).toContain('batchSize: 32')
    const text = await editor.inputValue()
    await editor.fill(text.replace('batchSize: 32', 'batchSize: 0'))
    const line = text.split('\n').findIndex((one) => one.includes('batchSize')) + 1
    await page.getByRole('button', { name: `line ${line} fit.batchSize expected a positive integer, got 0` }).waitFor()
    expect(await start.isEnabled()).toBe(false)
    await editor.fill(text)
    await expect.poll(() => start.isEnabled()).toBe(true)
  })
})

describe('thirty runs', () => {
  beforeEach(async () => {
    await serveWith(30)
    await card('train/loss').locator('canvas').waitFor()
  })

  test('are overlaid by ticking them; values under the cursor are told for each', async () => {
    await row('mlp 30').getByRole('checkbox').check()
    await row('mlp 29').getByRole('checkbox').check()
    await page.getByText(/^2 runs · 4 tags · 2[.,]?4(k|00) points$/).waitFor()
    const box = await card('train/loss').locator('canvas').boundingBox()
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) * 0.4, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    const tip = card('train/loss').getByRole('tooltip')
    await tip.waitFor()
    const told = await tip.innerText()
    expect(told).toMatch(/^step \d+/)
    expect(told).toMatch(/mlp 30\s+[\d.]+\s+[\d.]+/)
    expect(told).toMatch(/mlp 29\s+[\d.]+\s+[\d.]+/)
    expect(faults).toEqual([])
  })

  test('are filtered by words and hparams', async () => {
    const filter = page.getByRole('textbox', { name: /^Filter runs/ })
    await filter.fill('optimizer:adam learningRate:0.01')
    await expect.poll(() => page.locator('[data-run-id]').count()).toBe(8)
    await filter.fill('seed=7')
    await expect.poll(() => page.locator('[data-run-id]').count()).toBe(1)
    expect(await row('mlp 8').count()).toBe(1)
  })

  test('keep their view over a reload, and the URL never holds the token', async () => {
    await row('mlp 3').click()
    await row('mlp 12').getByRole('checkbox').check()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByText('Hyperparameters').waitFor()
    expect(page.url()).not.toContain(app.url.split('#t=')[1])
    await page.waitForTimeout(800) // what the page remembers is written a moment later
    await page.reload()
    await page.getByText('Hyperparameters').waitFor()
    await page.getByRole('heading', { name: 'mlp 3', exact: true }).waitFor()
    expect(await row('mlp 12').getByRole('checkbox').isChecked()).toBe(true)
    await page.goBack()
    await card('train/loss').waitFor()
  })

  test('can be worked through by keyboard', async () => {
    await page.keyboard.press('/')
    await page.keyboard.press('ArrowDown') // from the filter to the list, at the run that is shown
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Space')
    await expect.poll(() => row('mlp 29').getByRole('checkbox').isChecked()).toBe(true)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'mlp 28', exact: true }).waitFor()
  })
})

describe('the connection', () => {
  beforeEach(() => serveWith(1))

  test('is wanted with the right key', async () => {
    await page.context().close()
    await open(app.url.replace(/#t=.*/, '#t=wrong'))
    await page.getByText('The engine does not know this key').waitFor()
  })

  test('is missed calmly when the engine ends, and what was shown stays', async () => {
    await card('train/loss').locator('canvas').waitFor()
    app.process.kill('SIGKILL')
    await page.getByText('The connection to the engine is lost.').waitFor()
    expect(await page.locator('[data-run-id]').count()).toBe(1)
  })
})
