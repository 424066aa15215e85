/** `minima-lab` as its users have it: packed, installed with scripts on in an empty folder, on whatever Node is there. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { RunRecord } from '../../src/contract/run.ts'
import { endOf, startEngineProcess, type EngineProcess } from '../support/engine-process.ts'
import { deleteWorkspace, eventually, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'

let folder: string
let workspace: string
let engine: EngineProcess | null = null

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minima-lab-'))
  workspace = temporaryWorkspace()
  const npm = (args: readonly string[], cwd: string): void => {
    execFileSync('npm', [...args, '--ignore-scripts=false', '--offline', '--no-audit', '--no-fund'], { cwd })
  }
  npm(['pack', './packages/minima-lab', '--pack-destination', folder], ROOT)
  const [tarball] = readdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  npm(['install', join(folder, tarball ?? '')], folder)
})
afterEach(async () => {
  await engine?.kill('SIGTERM')
  engine = null
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  deleteWorkspace(workspace)
})

function program(name: string, body: string): string {
  const path = join(folder, `${name}.js`)
  writeFileSync(path, `import { createRun } from 'minima-lab'\n${body}`)
  return path
}

const env = (): NodeJS.ProcessEnv => ({ ...process.env, MINIMA_WORKSPACE: workspace, NODE_OPTIONS: '' })

async function runCalled(name: string): Promise<RunRecord | undefined> {
  const { stdout } = await runCommand(workspace, ['runs', '--json'])
  return (JSON.parse(stdout) as RunRecord[]).find((run) => run.name === name)
}

test('nothing but itself was installed, and a run of it is in the workspace', async () => {
  expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['minima-lab'])
  const path = program(
    'mine',
    `const run = await createRun({ hparams: { rate: 0.1 } })
     for (let step = 1; step <= 1000; step++) run.log({ loss: 1 / step, 'val/loss': NaN }, step)
     run.finish()`,
  )
  // `node` is the one of the system: what is packed asks no more of it than version 20.
  const { status, stderr } = spawnSync('node', [path], { env: env(), encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
  expect(await runCalled('mine')).toMatchObject({ state: 'finished', hparams: { rate: 0.1 } })
  const { stdout } = await runCommand(workspace, ['inspect', 'mine', '--json'])
  const [run] = (JSON.parse(stdout) as { runs: { series: unknown[] }[] }).runs
  expect(run?.series).toMatchObject([
    { tag: 'loss', count: 1000, nanCount: 0, min: 0.001 },
    { tag: 'val/loss', count: 1000, nanCount: 1000 },
  ])
})

test.each([
  ['ends by itself', '', 'finished', null],
  ['throws', `throw new Error('no luck')`, 'crashed', 'no luck'],
  ['exits with a code', 'process.exit(3)', 'crashed', 'its program ended with code 3'],
  [
    'is interrupted',
    `process.kill(process.pid, 'SIGINT'); await new Promise(r => setTimeout(r, 10000))`,
    'stopped',
    null,
  ],
])('a program that %s takes its run along, with its last point', async (name, body, state, message) => {
  const path = program('ending', `const run = await createRun({ name: '${name}' })\nrun.log({ loss: 1 })\n${body}`)
  spawnSync('node', [path], { env: env() })
  const run = await runCalled(name)
  expect([run?.state, run?.error?.message ?? null, run?.best?.value]).toEqual([state, message, 1])
})

test('a living engine shows it live, and sees that it was killed', async () => {
  engine = await startEngineProcess(workspace)
  const { connection } = engine
  const path = program(
    'live',
    `const run = await createRun()
     for (let step = 1; ; step++) {
       run.log({ loss: 1 / step }, step)
       if (step % 100 === 0) await new Promise((done) => setTimeout(done, 10))
     }`,
  )
  const child = spawn('node', [path], { env: env(), stdio: 'ignore' })
  try {
    const run = await eventually('the run', async () =>
      (await connection.request('runs.list', {})).find((one) => one.name === 'live'),
    )
    const { runId } = run
    const series = async (): Promise<number> => (await connection.request('series.list', { runId }))[0]?.count ?? 0
    const seen = await eventually('points', series)
    await eventually('more points', async () => (await series()) > seen)
    await expect(connection.request('runs.stop', { runId })).rejects.toThrow('is logged by a program of its own')
    child.kill('SIGKILL')
    expect(await endOf(connection, runId)).toMatchObject({ state: 'crashed' })
  } finally {
    child.kill('SIGKILL')
  }
})
