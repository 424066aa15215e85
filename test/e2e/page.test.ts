/** The page in a real Chromium, before an engine whose runs nobody trains. */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startFakeEngine, type FakeEngine } from '../support/fake-engine/fake-engine.ts'
import { pageFaults } from '../support/page-faults.ts'
import { launchChromium, openPage, ROOT } from '../support/served-app.ts'

const pageDir = join(ROOT, 'out/renderer')
let browser: Browser
let engine: FakeEngine
let page: Page

beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
})
afterEach(async () => {
  await page.context().close()
  await engine.close()
})

async function open(runCount: number): Promise<void> {
  engine = await startFakeEngine(pageDir, runCount)
  page = await openPage(browser, engine.url)
  await page.getByText('engine ready').waitFor()
}

const row = (index: number) => page.locator('[data-run-id]').nth(index)
const card = (tag: string) => page.locator(`[data-tag="${tag}"]`)

async function tickRows(...indices: number[]): Promise<void> {
  for (const index of indices) await row(index).locator('input').check()
}

test.each(['light', 'dark'] as const)('no view has a fault in %s', async (colorScheme) => {
  await open(30)
  await page.emulateMedia({ colorScheme })
  const found: Record<string, string[]> = {}
  await tickRows(1, 2, 4)
  await card('train/loss').locator('canvas').waitFor()
  await card('train/loss')
    .getByRole('slider')
    .hover({ position: { x: 200, y: 80 } })
  found['scalars'] = await pageFaults(page)
  await page.getByRole('tab', { name: 'Overview' }).click()
  await row(2).click()
  await page.getByText('This run failed').waitFor()
  await page.getByText('Non-trainable').waitFor()
  found['overview'] = await pageFaults(page)
  await page.getByRole('tab', { name: 'Config' }).click()
  await page.getByText('sparseCategoricalCrossentropy').waitFor()
  found['config'] = await pageFaults(page)
  await page.getByRole('button', { name: 'New run' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
  found['new run'] = await pageFaults(page)
  await page
    .getByRole('textbox', { name: 'A script of yours' })
    .fill(join(ROOT, 'examples/chapter10/california-subclass.ts'))
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Script', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('alertdialog', { name: 'Run this script?' }).waitFor()
  found['script'] = await pageFaults(page)
  await page.getByRole('button', { name: 'Do not run' }).click()
  await page.getByRole('button', { name: /^Fashion-MNIST sample/ }).click()
  await page.getByRole('textbox', { name: 'Experiment file' }).fill('fit:\n  batchSize: 0\n')
  await page.getByText('expected a positive integer, got 0').waitFor()
  found['problems'] = await pageFaults(page)
  expect(found).toEqual({ scalars: [], overview: [], config: [], 'new run': [], script: [], problems: [] })
})

test('an empty workspace says what will be here and how to fill it', async () => {
  await open(0)
  await page.getByText('No runs yet').waitFor()
  expect([await page.getByText('npm run demo').count(), await pageFaults(page)]).toEqual([1, []])
})

test('the list by keyboard: filter, move, tick, open; the address and a reload keep it', async () => {
  await open(30)
  await row(0).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('optimizer=adam')
  await page.keyboard.press('Enter')
  for (const key of ['Home', 'ArrowDown', 'Space', 'ArrowDown', 'Space', 'Enter']) await page.keyboard.press(key)
  const ticked = () =>
    page.locator('[data-run-id]:has(input:checked)').evaluateAll((rows) => rows.map((it) => it.dataset['runId']))
  const chosen = await ticked()
  const address = page.url()
  expect([chosen.length, address]).toEqual([2, `${engine.origin}/?run=${chosen[1]}`])
  await page.goBack()
  expect(page.url()).not.toBe(address)
  await page.goForward()
  await page.getByText('2 ticked').waitFor()
  await page.reload()
  await page.getByText('2 ticked').waitFor()
  expect([await ticked(), page.url()]).toEqual([chosen, address])
})

test('dragging zooms all cards, 0 shows everything again', async () => {
  await open(3)
  const slider = card('train/loss').getByRole('slider')
  await slider.waitFor()
  const ends = async (tag: string) => {
    const element = card(tag).getByRole('slider')
    return [await element.getAttribute('aria-valuemin'), await element.getAttribute('aria-valuemax')].map(Number)
  }
  const whole = await ends('train/accuracy')
  const box = await slider.boundingBox()
  if (!box) throw new Error('the chart has no place')
  await page.mouse.move(box.x + 150, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + 250, box.y + 60, { steps: 4 })
  await page.mouse.up()
  const zoomed = await ends('train/accuracy')
  expect(await ends('validation/loss')).toEqual(zoomed)
  expect([zoomed[0] ?? 0, whole[1] ?? 0]).toEqual([
    expect.toSatisfy((from) => from > 0),
    expect.toSatisfy((to) => to > (zoomed[1] ?? 0)),
  ])
  await page.keyboard.press('0')
  await expect.poll(() => ends('train/accuracy')).toEqual(whole)
})

test('a tooltip stays in its card, beside the crosshair', async () => {
  await open(30)
  await page.getByRole('checkbox', { name: 'Tick all runs of the filter' }).check()
  await card('train/loss').locator('canvas').waitFor()
  await page.getByText('30 runs · 9 tags').waitFor()
  const slider = card('train/loss').getByRole('slider')
  const places: string[] = []
  for (const x of [60, 150, 200, 260, 370]) {
    await slider.hover({ position: { x, y: 90 } })
    const tip = await page.getByRole('tooltip').boundingBox()
    const frame = await card('train/loss').boundingBox()
    const hair = await card('train/loss').locator('.hair').boundingBox()
    if (!tip || !frame || !hair) throw new Error('no tooltip')
    const isInside =
      tip.x >= frame.x &&
      tip.y >= frame.y &&
      tip.x + tip.width <= frame.x + frame.width &&
      tip.y + tip.height <= frame.y + frame.height
    const isBeside = tip.x > hair.x || tip.x + tip.width < hair.x
    places.push(`${isInside ? 'inside' : 'outside'} ${isBeside ? 'beside' : 'over'}`)
  }
  expect(places).toEqual(Array.from({ length: 5 }, () => 'inside beside'))
})

test('a new run is shown from its preparation to its first points, and can be stopped', async () => {
  await open(3)
  await page.getByRole('button', { name: 'New run' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('heading', { name: 'Preparing data…' }).waitFor()
  const painted = page.evaluate(
    () =>
      new Promise<number>((done) => {
        Object.assign(window, { __minimaLatency: (newest: number) => done(Date.now() / 1000 - newest) })
      }),
  )
  await card('train/loss').locator('canvas').waitFor()
  expect(await painted).toBeGreaterThan(0)
  expect(await row(0).locator('input').isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Edit and run' }).waitFor()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('button', { name: 'Resume' }).waitFor()
  expect(await row(0).getByText('stopped').count()).toBe(1)
})

test('a lost engine is said calmly; when it is back, what is new shows', async () => {
  await open(2)
  await row(1).waitFor()
  const port = Number(new URL(engine.origin).port)
  await engine.close()
  await page.getByText('The connection to the engine is lost.').waitFor()
  engine = await startFakeEngine(pageDir, 5, { port })
  await row(4).waitFor()
  expect(await page.getByText('The connection to the engine is lost.').count()).toBe(0)
})

test('a wrong token and none say what to do', async () => {
  await open(1)
  await page.goto(`${engine.origin}/#t=wrong`)
  await page.reload()
  await page.getByText('The engine does not know this key').waitFor()
  await page.evaluate(() => sessionStorage.clear())
  await page.goto(`${engine.origin}/?tab=overview`)
  await page.getByText('This address lacks its key').waitFor()
  expect(await pageFaults(page)).toEqual([])
})
