import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ElectronApplication, Page } from 'playwright-core'
import { findEngine } from '../../src/main/engine-host.ts'
import { connect, type EngineConnection } from '../../src/client/connection.ts'
import { findElectron, launchWindow } from '../support/electron.ts'
import { hasPoints, LONG_EXPERIMENT, startRun } from '../support/engine-process.ts'
import { deleteWorkspace, eventually, ROOT, temporaryWorkspace } from '../support/served-app.ts'

const electron = findElectron()
let workspace: string
let app: ElectronApplication

beforeEach((context) => {
  if (typeof electron !== 'string') context.skip(true, electron.reason)
  workspace = temporaryWorkspace()
})
afterEach(async () => {
  if (!workspace) return
  await endEngine() // before the window: Playwright waits for pipes that the engine holds
  await app.close().catch(() => undefined) // most tests close it themselves
  await endEngine()
  deleteWorkspace(workspace)
})

async function openWindow(): Promise<Page> {
  const opened = await launchWindow(electron as string, [ROOT, `--workspace=${workspace}`])
  app = opened.app
  const { page } = opened
  await page.getByRole('button', { name: 'New run' }).first().waitFor()
  return page
}

async function endEngine(): Promise<void> {
  const engine = await findEngine(workspace)
  if (!engine) return
  process.kill(engine.pid, 'SIGTERM')
  await eventually('the engine to end', async () => !(await findEngine(workspace)))
}

async function connectToEngine(): Promise<EngineConnection> {
  const engine = await findEngine(workspace)
  if (!engine) throw new Error('no engine lives')
  return connect({ origin: `http://127.0.0.1:${engine.port}`, token: engine.token })
}

/** Answers the box that asks what to do with live runs, and counts how often it is asked. */
async function answerDialog(answer: number): Promise<() => Promise<number>> {
  await app.evaluate(({ dialog }, response) => {
    const counting = globalThis as unknown as { asked: number }
    counting.asked = 0
    dialog.showMessageBoxSync = () => {
      counting.asked++
      return response
    }
  }, answer)
  return () => app.evaluate(() => (globalThis as unknown as { asked: number }).asked)
}

/** Closes it as a person does, and waits until the program has ended. */
async function closeWindow(): Promise<void> {
  const ended = new Promise<number | null>((done) => app.process().once('exit', done))
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  expect(await ended).toBe(0)
}

test('the window shows the engine’s page, sandboxed, without the token in its URL', async () => {
  const page = await openWindow()
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(\?[^#]*)?$/)
  expect(await page.evaluate(() => [typeof require, typeof process])).toEqual(['undefined', 'undefined'])
  expect(await page.evaluate(() => Object.keys((window as { minima?: object }).minima ?? {}))).toEqual(['token'])
  await closeWindow()
})

test('a run started in the window draws its first point while it trains', async () => {
  const page = await openWindow()
  await page.getByRole('button', { name: 'New run' }).first().click()
  // As many epochs as it takes to be seen, however fast they are.
  const file = page.getByRole('textbox', { name: 'Experiment file' })
  await expect.poll(() => file.inputValue()).toContain('epochs: ')
  await file.fill((await file.inputValue()).replace(/epochs: \d+/, 'epochs: 5000'))
  await page.getByText('changed, no problems').waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.locator('[data-tag="train/loss"] canvas').first().waitFor()
  const connection = await connectToEngine()
  const [run] = await connection.request('runs.list', {})
  expect(run?.state).toBe('running')
  connection.close()
  await answerDialog(1)
  await closeWindow()
})

test('closing over live runs asks once; kept ones go on, and the next start finds them', async () => {
  await openWindow()
  const connection = await connectToEngine()
  const run = await startRun(connection, LONG_EXPERIMENT)
  await hasPoints(connection, run.runId, 10)
  const asked = await answerDialog(2)
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
  await eventually('the question', async () => (await asked()) === 1)
  expect(app.windows()).toHaveLength(1)

  await answerDialog(0)
  const { pid } = (await findEngine(workspace)) ?? {}
  await closeWindow()
  const before = await hasPoints(connection, run.runId, 1)
  await hasPoints(connection, run.runId, before + 10)

  const page = await openWindow()
  expect((await findEngine(workspace))?.pid).toBe(pid)
  await page.locator(`[data-run-id="${run.runId}"]`).waitFor()
  await answerDialog(1)
  await closeWindow()
  connection.close()
})

test('closing with “stop and save” stops the runs, saves them and ends the engine', async () => {
  await openWindow()
  const connection = await connectToEngine()
  const run = await startRun(connection, LONG_EXPERIMENT)
  await hasPoints(connection, run.runId, 10)
  await answerDialog(1)
  await closeWindow()
  await eventually('the engine to end', async () => !(await findEngine(workspace)))
  connection.close()

  await openWindow()
  const again = await connectToEngine()
  const detail = await again.request('runs.get', { runId: run.runId })
  expect([detail.state, detail.weightsDir]).toEqual(['stopped', expect.stringContaining(run.runId)])
  again.close()
  await closeWindow()
})

test('a window whose engine dies gets a new one, with the view it had', async () => {
  const page = await openWindow()
  const first = await findEngine(workspace)
  process.kill(first?.pid ?? 0, 'SIGKILL')
  await eventually('a new engine', async () => {
    const engine = await findEngine(workspace)
    return engine && engine.pid !== first?.pid
  })
  const second = await findEngine(workspace)
  await eventually('the page to move', () => page.url().includes(`:${second?.port}/`))
  await page.getByRole('button', { name: 'New run' }).first().waitFor()
  await closeWindow()
})
