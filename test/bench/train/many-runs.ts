/** Whether memory stays where it is over many runs, one after the other, of one engine and its trainers. */
import { readFileSync } from 'node:fs'
import { deleteWorkspace, temporaryWorkspace } from '../../support/served-app.ts'
import { endOf, startEngineProcess, startRun, trainersOf } from '../../support/engine-process.ts'
import { atMost, quantile, type Bar, type BenchRow } from '../report.ts'

const LIMIT_MB = 20
const MARKS = [10, 50, 100, 200]
const SAMPLE_MS = 100

const TINY = `
name: tiny
data:
  source: inline
  columns: [a, b, y]
  target: y
  rows: [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
model:
  layers:
    - { type: dense, units: 4, activation: tanh }
    - { type: dense, units: 1, activation: sigmoid }
fit:
  loss: binaryCrossentropy
  metrics: [accuracy]
  epochs: 5
  batchSize: 4
`

export interface RunMemory {
  /** After the run ended. */
  readonly engineMb: number
  /** The most that its trainers held together while it ran. */
  readonly trainersMb: number
}

export async function measureManyRuns(scale: number): Promise<{ rows: BenchRow[]; bars: Bar[] }> {
  const count = Math.max(40, Math.round(200 * scale))
  const memory = await runMany(count)
  for (const mark of [...new Set([...MARKS.filter((one) => one < count), count])]) {
    const { engineMb, trainersMb } = around(memory, mark)
    console.log(`  after ${mark} runs: engine ${engineMb.toFixed(0)} MB, trainers ${trainersMb.toFixed(0)} MB`)
  }
  const early = around(memory, 20)
  const late = around(memory, count)
  const rows = (['engineMb', 'trainersMb'] as const).map((part): BenchRow => {
    const grown = late[part] - early[part]
    return {
      case: `${count} runs of one engine`,
      metric: `${part === 'engineMb' ? 'engine' : 'trainers'} RSS, last over 20th`,
      unit: 'MB',
      minima: { min: grown, median: grown, runs: memory.map((one) => one[part]) },
    }
  })
  return {
    rows,
    bars: [
      atMost(`memory: growth of the engine from run 20 to ${count}, MB`, LIMIT_MB, late.engineMb - early.engineMb),
      atMost(`memory: growth of its trainers, MB`, LIMIT_MB, late.trainersMb - early.trainersMb),
    ],
  }
}

/** Of the ten runs up to the `mark`th the median: one sample moves by megabytes with the garbage collector. */
export function around(memory: readonly RunMemory[], mark: number): RunMemory {
  const last = memory.slice(Math.max(0, mark - 10), mark)
  return {
    engineMb: quantile(
      last.map((one) => one.engineMb),
      0.5,
    ),
    trainersMb: quantile(
      last.map((one) => one.trainersMb),
      0.5,
    ),
  }
}

async function runMany(count: number): Promise<RunMemory[]> {
  const workspace = temporaryWorkspace()
  const engine = await startEngineProcess(workspace)
  const pid = engine.process.pid ?? 0
  const memory: RunMemory[] = []
  let trainersMb = 0
  const sampling = setInterval(() => {
    trainersMb = Math.max(
      trainersMb,
      trainersOf(pid).reduce((sum, child) => sum + rssMb(child), 0),
    )
  }, SAMPLE_MS)
  try {
    for (let index = 0; index < count; index++) {
      trainersMb = 0
      const run = await startRun(engine.connection, TINY)
      const { state, error } = await endOf(engine.connection, run.runId)
      if (state !== 'finished') throw new Error(error?.message ?? `run ${index + 1} is ${state}`)
      memory.push({ engineMb: rssMb(pid), trainersMb })
    }
  } finally {
    clearInterval(sampling)
    await engine.kill('SIGTERM')
    deleteWorkspace(workspace)
  }
  return memory
}

/** Linux only; 0 when the process has just ended. */
function rssMb(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
