/** An engine in a process of its own, as a window starts it, and a connection to it: for tests that kill things. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type EngineConnection } from '../../src/client/connection.ts'
import type { EngineFile } from '../../src/contract/engine-file.ts'
import type { RunRecord } from '../../src/contract/run.ts'
import { ENGINE_FLAGS } from '../../src/main/engine-host.ts'
import { isLive, type RunId } from '../../src/contract/terms.ts'
import { eventually, ROOT } from './served-app.ts'

export interface EngineProcess {
  readonly process: ChildProcess
  readonly file: EngineFile
  readonly connection: EngineConnection
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
}

export async function startEngineProcess(workspace: string): Promise<EngineProcess> {
  const child = spawn(
    process.execPath,
    [...ENGINE_FLAGS, join(ROOT, 'out/engine/engine.mjs'), '--workspace', workspace],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const line = await new Promise<string>((done) => child.stdout.once('data', (chunk: Buffer) => done(chunk.toString())))
  const answer = JSON.parse(line) as { ready?: EngineFile; error?: { message: string } }
  if (!answer.ready) throw new Error(answer.error?.message)
  const file = answer.ready
  const connection = await connect({ origin: `http://127.0.0.1:${file.port}`, token: file.token })
  return {
    process: child,
    file,
    connection,
    async kill(signal) {
      const exited = new Promise((done) => child.on('exit', done))
      child.kill(signal)
      await exited
    },
  }
}

/** An experiment that trains for minutes: a small net on inline rows, logging every batch. */
export const LONG_EXPERIMENT = `
name: long
data:
  source: inline
  columns: [a, b, y]
  target: y
  rows: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
model:
  layers:
    - { type: dense, units: 8, activation: tanh }
    - { type: dense, units: 1, activation: sigmoid }
fit:
  loss: binaryCrossentropy
  metrics: [accuracy]
  epochs: 1000000
  batchSize: 4
`

export function startRun(
  connection: EngineConnection,
  text: string,
  overrides: Record<string, unknown> = {},
): Promise<RunRecord> {
  return connection.request('runs.start', { text, baseDir: ROOT, overrides })
}

export async function pointsOf(connection: EngineConnection, runId: RunId, tag = 'train/loss'): Promise<number> {
  const series = await connection.request('series.list', { runId })
  return series.find((one) => one.tag === tag)?.count ?? 0
}

export function hasPoints(connection: EngineConnection, runId: RunId, count: number): Promise<number> {
  return eventually(`${count} points`, async () => {
    const points = await pointsOf(connection, runId)
    return points >= count ? points : null
  })
}

export function endOf(connection: EngineConnection, runId: RunId, timeoutMs?: number): Promise<RunRecord> {
  return eventually(
    'the end of the run',
    async () => {
      const run = await connection.request('runs.get', { runId })
      return isLive(run.state) ? null : run
    },
    timeoutMs,
  )
}

/** Pids of the trainers that this engine forked and that live. Linux only. */
export function trainersOf(enginePid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isTrainer(pid) && parentOf(pid) === enginePid)
}

export function isTrainer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('trainer.mjs') && stateOf(pid) !== 'Z'
  } catch {
    return false
  }
}

function stateOf(pid: number): string {
  return statOf(pid)[0] ?? ''
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1])
}

function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
