/** The settings in a real Chromium: setting up TensorFlow, before an engine that only plays it. */
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startFakeEngine, type FakeEngine } from '../support/fake-engine/fake-engine.ts'
import { pageFaults } from '../support/page-faults.ts'
import { launchChromium, openPage, ROOT } from '../support/served-app.ts'

const SLOWER = 'WASM: about 15 × slower; set up TensorFlow…'
const DONE = 'TensorFlow 2.21.0 is set up and was checked. New runs train on it.'
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

async function open(setupMs: number): Promise<void> {
  engine = await startFakeEngine(join(ROOT, 'out/renderer'), 3, { setupMs })
  page = await openPage(browser, engine.url)
  await page.getByText(SLOWER).waitFor()
}

async function openSettings(): Promise<void> {
  await page.getByRole('link', { name: SLOWER }).click()
  await page.getByRole('radio', { name: 'TensorFlow 2.21.0 for the CPU' }).waitFor()
}

const button = (name: string) => page.getByRole('button', { name, exact: true })
const radio = (name: string) => page.getByRole('radio', { name })
const whole = () => page.getByRole('progressbar', { name: 'progress of setting up TensorFlow' })

test.each(['light', 'dark'] as const)('no state of the settings has a fault in %s', async (colorScheme) => {
  await open(3000)
  await page.emulateMedia({ colorScheme })
  const found: Record<string, string[]> = {}
  await openSettings()
  await page.getByText('More', { exact: true }).click()
  found['nothing set up'] = await pageFaults(page)
  await page.getByRole('textbox', { name: 'Wheel file' }).fill('/home/ada/Downloads/broken.whl')
  await button('Set up').click()
  await whole().waitFor()
  found['going on'] = await pageFaults(page)
  await page.getByText('TensorFlow could not be set up').waitFor()
  await page.getByText('Details', { exact: true }).click()
  found['failed'] = await pageFaults(page)
  await page.getByRole('textbox', { name: 'Wheel file' }).fill('')
  await radio('NVIDIA').check()
  await button('Set up').click()
  await page.getByText(DONE).waitFor()
  found['done'] = await pageFaults(page)
  expect(found).toEqual({ 'nothing set up': [], 'going on': [], failed: [], done: [] })
})

test('the settings are reached by button, key and address; back and forward lead in and out', async () => {
  await open(1000)
  const heading = page.getByRole('heading', { name: 'Settings' })
  await button('Settings').focus()
  await page.keyboard.press('Enter')
  await heading.waitFor()
  await page.goBack()
  await page.getByRole('tab', { name: 'Scalars' }).waitFor()
  await page.goForward()
  await heading.waitFor()
  await page.reload()
  await heading.waitFor()
  await button('Close the settings').click()
  await page.getByRole('tab', { name: 'Scalars' }).waitFor()
  await page.keyboard.press('Control+,')
  await heading.waitFor()
  expect(new URL(page.url()).searchParams.get('page')).toBe('settings')
})

test('a setup tells how it goes, outlives a reload, and makes the status bar true when it is done', async () => {
  await open(8000)
  await openSettings()
  await page.getByText('Downloads 274 MB, holds 935 MB on the disk, takes about 2 min.').waitFor()
  await button('Set up').click()
  await page.getByText(/Downloading · \d+ MB of 274 MB · \d+%/).waitFor()
  await page.reload()
  await whole().waitFor()
  await page.getByRole('link', { name: /Setting up TensorFlow/ }).waitFor()
  expect(await radio('for the CPU').isDisabled()).toBe(true)
  await page.getByText(DONE).waitFor()
  await page.getByText('tensorflow · TensorFlow (native)').waitFor()
  expect([await page.getByText(SLOWER).count(), await page.locator('dl').innerText()]).toEqual([
    0,
    expect.stringContaining('TensorFlow 2.21.0'),
  ])
  await button('Remove').click()
  await page.getByText('Removed: 935 MB are free again.').waitFor()
  await page.getByRole('link', { name: SLOWER }).waitFor()
})

test('a cancelled setup goes on from there', async () => {
  await open(6000)
  await openSettings()
  await button('Set up').click()
  const share = async () => Number(await whole().getAttribute('aria-valuenow'))
  await expect.poll(share, { timeout: 10_000 }).toBeGreaterThan(25)
  await button('Cancel').click()
  await page.getByText('Cancelled while downloading.').waitFor()
  await page.getByRole('link', { name: SLOWER }).waitFor()
  await button('Go on').click()
  await expect.poll(share, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(await share()).toBeGreaterThan(20)
})

test('a failed setup says why, with the details to copy, and what to do', async () => {
  await open(1000)
  await openSettings()
  await page.getByText('More', { exact: true }).click()
  await page.getByRole('textbox', { name: 'Wheel file' }).fill('/home/ada/broken.whl')
  await button('Set up').click()
  const panel = page.getByRole('alert')
  await panel
    .getByText(/The binding did not load.*undefined symbol/)
    .first()
    .waitFor()
  await panel.getByText('Details', { exact: true }).click()
  await panel.getByText('"exitCode": 1').waitFor()
  await panel.getByText('line 40 of what was printed').waitFor()
  await button('Copy details').waitFor()
  await page.getByRole('link', { name: 'WASM: about 15 × slower; setting up TensorFlow failed…' }).waitFor()
  await page.reload()
  await page.getByRole('textbox', { name: 'Wheel file' }).fill('')
  await button('Try again').click()
  await page.getByText(DONE).waitFor()
})

test('what cannot be set up here says why and offers no button', async () => {
  await open(1000)
  await openSettings()
  await radio('as TensorFlow.js brings it').check()
  await page.getByText('does not answer from here').waitFor()
  expect(await button('Set up').isDisabled()).toBe(true)
})
