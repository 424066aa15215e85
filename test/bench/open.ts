/**
 * bench:open. Second start: from the start of the engine's process to the run list painted, with 1 and with 1,000 runs,
 * in Chromium (already running, an empty tab) and in the Electron window, whose own bare start is printed apart.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { findElectron, launchWindow } from '../support/electron.ts'
import { fillWorkspace } from '../support/fill-workspace.ts'
import { deleteWorkspace, launchChromium, ROOT, temporaryWorkspace } from '../support/served-app.ts'
import { atMost, benchOptions, measured, report, type Bar, type BenchRow } from './report.ts'

const LIMIT_MS = 700
const ROUNDS = Math.max(3, Math.round(7 * benchOptions().scale))
const FIRST_ROW = '[data-run-id]'

const rows: BenchRow[] = []
const bars: Bar[] = []
const browser = await launchChromium()
const electron = findElectron()
const bareMs = typeof electron === 'string' ? await bareElectronStarts(electron) : null
if (bareMs)
  rows.push({ case: 'Electron alone, an empty window', metric: 'start', unit: 'ms', minima: measured(bareMs) })

for (const runs of [1, 1000]) {
  const workspace = temporaryWorkspace()
  fillWorkspace(workspace, { runs, pointsPerSeries: 200 })
  const inBrowser: number[] = []
  const inWindow: number[] = []
  await openInBrowser(browser, workspace) // the first start pays for cold files
  for (let round = 0; round < ROUNDS; round++) {
    inBrowser.push(await openInBrowser(browser, workspace))
    if (typeof electron === 'string') inWindow.push(await openInElectron(electron, workspace))
  }
  rows.push({
    case: `${runs} runs, Chromium`,
    metric: 'engine and page to painted',
    unit: 'ms',
    minima: measured(inBrowser),
  })
  bars.push(
    atMost(`${runs} runs: engine and page to the run list painted, median ms`, LIMIT_MS, measured(inBrowser).median),
  )
  if (bareMs) {
    const whole = measured(inWindow)
    rows.push({ case: `${runs} runs, Electron window`, metric: 'program to painted', unit: 'ms', minima: whole })
    const beyond = whole.median - measured(bareMs).median
    bars.push(atMost(`${runs} runs: the Electron window beyond Electron's own start, median ms`, LIMIT_MS, beyond))
  }
  deleteWorkspace(workspace)
}
await browser.close()
if (typeof electron !== 'string') console.log(`not measured in a window: ${electron.reason}`)
report('open', rows, bars)

async function openInBrowser(browser: Browser, workspace: string): Promise<number> {
  const page = await browser.newPage({ locale: 'en-US' })
  await page.goto('about:blank')
  const startedAt = performance.now()
  const engine = spawn(
    process.execPath,
    ['--no-warnings', join(ROOT, 'out/engine/engine.mjs'), '--workspace', workspace],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const line = await new Promise<string>((done) =>
    engine.stdout.once('data', (chunk: Buffer) => done(chunk.toString())),
  )
  const { ready } = JSON.parse(line) as { ready: { port: number; token: string } }
  await page.goto(`http://127.0.0.1:${ready.port}/#t=${ready.token}`, { waitUntil: 'commit' })
  await painted(page)
  const ms = performance.now() - startedAt
  await page.close()
  const exited = new Promise((done) => engine.on('exit', done))
  engine.kill('SIGTERM')
  await exited
  return ms
}

interface Waits {
  waitForSelector(selector: string): Promise<unknown>
  evaluate(task: () => Promise<unknown>): Promise<unknown>
}

async function painted(page: Waits): Promise<void> {
  await page.waitForSelector(FIRST_ROW)
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
}

async function openInElectron(executablePath: string, workspace: string): Promise<number> {
  const { app, page, startMs } = await launchWindow(executablePath, [ROOT, `--workspace=${workspace}`])
  const attachedAt = performance.now()
  await painted(page)
  const ms = startMs + performance.now() - attachedAt
  await engineGone(workspace) // before the window, which Playwright else waits for
  await app.close()
  await engineGone(workspace)
  return ms
}

/** The window's engine stays a while for the next window; a second start is measured without it. */
async function engineGone(workspace: string): Promise<void> {
  const { findEngine } = await import('../../src/main/engine-host.ts')
  const engine = await findEngine(workspace)
  if (!engine) return
  process.kill(engine.pid, 'SIGTERM')
  while (await findEngine(workspace)) await new Promise((done) => setTimeout(done, 20))
}

/** An app that only opens an empty window, for what Electron itself costs. */
async function bareElectronStarts(executablePath: string): Promise<number[]> {
  const dir = mkdtempSync(join(tmpdir(), 'minima-bare-'))
  writeFileSync(join(dir, 'package.json'), '{"name":"bare","version":"1.0.0","main":"main.js"}')
  writeFileSync(
    join(dir, 'main.js'),
    `const { app, BrowserWindow } = require('electron')
     app.whenReady().then(() => new BrowserWindow({ show: true }).loadURL('data:text/html,<p data-run-id=1>bare'))
     app.on('window-all-closed', () => app.quit())`,
  )
  const starts: number[] = []
  for (let round = 0; round < ROUNDS + 1; round++) {
    const { app, page, startMs } = await launchWindow(executablePath, [dir])
    const attachedAt = performance.now()
    await painted(page)
    starts.push(startMs + performance.now() - attachedAt)
    await app.close()
  }
  return starts.slice(1)
}
