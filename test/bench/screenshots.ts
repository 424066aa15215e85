/**
 * `npm run screenshots`: the pictures in docs/images, taken from the real app: two runs of the sample trained by the
 * command, laid over each other, and a third while it trains.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../src/client/connection.ts'
import {
  deleteWorkspace,
  launchChromium,
  openPage,
  ROOT,
  runCommand,
  serveApp,
  temporaryWorkspace,
} from '../support/served-app.ts'

const EXAMPLE = join(ROOT, 'examples/fashion-mnist-sample.yaml')
const OUT = join(ROOT, 'docs/images')
const SIZE = { width: 1280, height: 800 }

const folder = temporaryWorkspace()
const workspace = join(folder, 'Minima')
for (const [name, learningRate] of [
  ['adam 0.001', 0.001],
  ['adam 0.01', 0.01],
] as const) {
  const { code, stderr } = await runCommand(workspace, [
    'train',
    EXAMPLE,
    '--name',
    name,
    '--set',
    `fit.optimizer={"type":"adam","learningRate":${learningRate}}`,
  ])
  if (code !== 0) throw new Error(stderr)
}
const app = await serveApp(workspace)
const [origin = '', token = ''] = app.url.split('/#t=')
const connection = await connect({ origin, token })
const run = await connection.request('runs.start', {
  text: readFileSync(EXAMPLE, 'utf8'),
  path: EXAMPLE,
  baseDir: join(ROOT, 'examples'),
  name: 'sgd 0.05',
  // On WebAssembly, so that it is still training when its picture is taken.
  overrides: { 'fit.optimizer': { type: 'sgd', learningRate: 0.05 }, backend: 'wasm' },
})
const browser = await launchChromium()
const page = await openPage(browser, app.url.replace('/#', `/?run=${run.runId}#`), SIZE)
for (const name of ['adam 0.001', 'adam 0.01', 'sgd 0.05']) {
  await page
    .getByRole('row', { name: new RegExp(`^Overlay ${name} `) })
    .getByRole('checkbox')
    .check()
}
await page.waitForTimeout(3_000) // a third of the way, say
for (const scheme of ['light', 'dark'] as const) {
  await page.emulateMedia({ colorScheme: scheme })
  const box = (await page.locator('[data-tag="train/loss"] canvas').boundingBox()) ?? {
    x: 0,
    y: 0,
    width: 0,
    height: 0,
  }
  await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.5)
  await page.waitForTimeout(600)
  await page.screenshot({ path: join(OUT, `run-${scheme}.png`) })
}
await page.emulateMedia({ colorScheme: 'light' })
await page.getByRole('button', { name: 'New run' }).first().click()
await page.waitForTimeout(600)
await page.screenshot({ path: join(OUT, 'new-run-light.png') })
await browser.close()
connection.close()
await app.stop()
deleteWorkspace(folder)
