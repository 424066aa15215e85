/**
 * bench:latency. From the end of a batch to its pixel: a training at full speed, its page open in Chromium. For each
 * batch the paint that first showed it is found; the latency is from the batch's wall time to that paint.
 */
import { join } from 'node:path'
import { connect } from '../../src/client/connection.ts'
import { readFileSync } from 'node:fs'
import { deleteWorkspace, launchChromium, openPage, ROOT, serveApp, temporaryWorkspace } from '../support/served-app.ts'
import { atMost, benchOptions, measured, quantile, report } from './report.ts'

const LIMIT_MS = 300
const EXAMPLE = join(ROOT, 'examples/fashion-mnist-sample.yaml')
const { seed, scale } = benchOptions()
const EPOCHS = Math.max(2, Math.round(8 * scale))

interface Paint {
  readonly at: number
  readonly newest: number
}

const workspace = temporaryWorkspace()
const app = await serveApp(workspace)
const [origin = '', token = ''] = app.url.split('/#t=')
const connection = await connect({ origin, token })
const browser = await launchChromium()
const run = await connection.request('runs.start', {
  text: readFileSync(EXAMPLE, 'utf8'),
  path: EXAMPLE,
  baseDir: join(ROOT, 'examples'),
  overrides: { 'fit.epochs': EPOCHS, 'fit.seed': seed },
})
const page = await openPage(browser, app.url.replace('/#', `/?run=${run.runId}&tab=scalars#`))
await page.evaluate(() => {
  const paints: { at: number; newest: number }[] = []
  Object.assign(window, {
    __paints: paints,
    __minimaLatency: (newest: number) =>
      paints.push({ at: (performance.timeOrigin + performance.now()) / 1000, newest }),
  })
})
for (;;) {
  const { state } = await connection.request('runs.get', { runId: run.runId })
  if (state !== 'running' && state !== 'queued') break
  await new Promise((done) => setTimeout(done, 250))
}
await page.waitForTimeout(500)
const paints = await page.evaluate(() => (window as unknown as { __paints: Paint[] }).__paints)
const [envelope] = await connection.readScalars({
  series: [{ runId: run.runId, tag: 'train/loss' }],
  x: 'wall',
  columns: 16_384,
})
const batches = [...(envelope?.x ?? [])]
await browser.close()
connection.close()
await app.stop()
deleteWorkspace(workspace)

const latencies = batchLatencies(batches, paints)
const p50 = quantile(latencies, 0.5)
const p95 = quantile(latencies, 0.95)
report(
  'latency',
  [
    {
      case: `${latencies.length} batches, ${paints.length} paints`,
      metric: 'median',
      unit: 'ms',
      minima: measured([p50]),
    },
    { case: 'the same', metric: 'p95', unit: 'ms', minima: measured([p95]) },
    { case: 'the same', metric: 'worst', unit: 'ms', minima: measured([Math.max(...latencies)]) },
  ],
  [
    atMost('from the end of a batch to its pixel, p95 ms', LIMIT_MS, latencies.length > 100 ? p95 : null),
    {
      what: 'batches that were watched',
      limit: batches.length * 0.8,
      value: latencies.length,
      ok: latencies.length >= batches.length * 0.8,
    },
  ],
)

/** Batches from before the page watched, and those never painted as the newest or later, are not counted. */
function batchLatencies(batches: readonly number[], paints: readonly Paint[]): number[] {
  const firstWatched = paints[0]?.newest ?? Infinity
  return batches
    .filter((batch) => batch > firstWatched)
    .flatMap((batch) => {
      const paint = paints.find(({ newest }) => newest >= batch - 1e-6)
      return paint ? [(paint.at - batch) * 1000] : []
    })
}
