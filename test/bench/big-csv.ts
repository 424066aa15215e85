/**
 * bench:big-csv. A CSV that is larger than the memory it may take, 5 GB at scale 1, trained for an epoch through a real engine
 * and its trainer: an amount, and a class. The peak memory of both processes is what counts; beside it how fast it is, and
 * Keras over `tf.data` on a file of a tenth of the size.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { endOf, startEngineProcess, startRun, trainersOf } from '../support/engine-process.ts'
import { memoryBudget } from '../../src/main/engine/data/memory-budget.ts'
import { deleteWorkspace, ROOT, temporaryWorkspace } from '../support/served-app.ts'
import { peakMb } from './big-csv/peak-memory.ts'
import { FEATURES, KINDS, writeCsv, type WrittenCsv } from './big-csv/write-csv.ts'
import { atMost, benchOptions, measured, report, type Bar, type BenchRow } from './report.ts'
import { kerasPython } from './train/keras-peer.ts'

const FULL_BYTES = 5e9
const LIMIT_MB = 1024
const PEER_SHARE = 0.1
const BATCH = 1024
/** Lines that tf.data mixes. */
const PEER_BUFFER = 100_000
const SAMPLE_MS = 100
const TARGETS = ['amount', 'kind'] as const
type Target = (typeof TARGETS)[number]

const { scale, seed } = benchOptions()
const dir = join(ROOT, '.cache/bench/big-csv', String(process.pid))
const rows: BenchRow[] = []
const bars: Bar[] = []

mkdirSync(dir, { recursive: true })
process.env['MINIMA_CACHE'] = join(dir, 'cache')
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

/** The file, its rows as numbers for each of the two targets, and the peer's. */
const needed = FULL_BYTES * scale * (1 + 2 * 0.6 + PEER_SHARE)
const { bavail, bsize } = statfsSync(dir)
if (bavail * bsize < needed)
  throw new Error(`${dir} has no room for ${(needed / 1e9).toFixed(1)} GB; take a smaller --scale`)

const large = write('large.csv', FULL_BYTES * scale)
for (const target of TARGETS) await full(target)
rmSync(large.path)
const small = write('small.csv', FULL_BYTES * scale * PEER_SHARE)
for (const target of TARGETS) await besideKeras(target)
console.log('')
report('big-csv', rows, bars)

function write(name: string, bytes: number): WrittenCsv {
  const startedAt = performance.now()
  const written = writeCsv(join(dir, name), bytes, seed)
  const secs = (performance.now() - startedAt) / 1000
  console.log(`${name}: ${(written.bytes / 1e9).toFixed(2)} GB, ${written.rows} rows, written in ${secs.toFixed(0)} s`)
  return written
}

async function full(target: Target): Promise<void> {
  const trained = await train(large, target)
  const of = `${(large.bytes / 1e9).toFixed(2)} GB, ${large.rows} rows, target ${target}`
  rows.push(
    row(of, 'peak memory of the trainer', 'MB', trained.trainerMb),
    row(of, 'peak memory of the engine', 'MB', trained.engineMb),
    row(of, 'packing the file', 's', trained.packingSecs),
    row(of, 'the epoch', 's', trained.epochSecs),
    row(of, 'rows of the epoch', '1/s', large.rows / trained.epochSecs),
    row(of, 'the whole run', 's', trained.wholeSecs),
  )
  bars.push(
    atMost(`${target}: peak memory of the trainer, MB`, LIMIT_MB, known(trained.trainerMb)),
    atMost(`${target}: peak memory of the engine, MB`, LIMIT_MB, known(trained.engineMb)),
    atMost(`${target}: size of memory over size of the file`, 1, trained.allowedBytes / large.bytes),
  )
}

async function besideKeras(target: Target): Promise<void> {
  const trained = await train(small, target)
  const of = `${(small.bytes / 1e9).toFixed(2)} GB, ${small.rows} rows, target ${target}`
  try {
    const script = join(import.meta.dirname, 'big-csv/keras-csv.py')
    const answer = execFileSync(kerasPython(), [script, small.path, target, String(BATCH), String(PEER_BUFFER)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const keras = JSON.parse(answer.toString()) as {
      secs: number
      peakMb: number
      steps: number
      loss: number
      version: string
    }
    const peer = (value: number) => ({ name: 'Keras over tf.data', version: keras.version, ...measured([value]) })
    const beside = (metric: string, unit: string, ours: number, theirs: number): BenchRow => ({
      ...row(of, metric, unit, ours),
      peer: peer(theirs),
      ratio: ours / theirs,
    })
    rows.push(
      beside('an epoch, the file read for the first time', 's', trained.packingSecs + trained.epochSecs, keras.secs),
      beside('an epoch after that', 's', trained.epochSecs, keras.secs),
      beside('peak memory of who trains', 'MB', trained.trainerMb, keras.peakMb),
      beside('mean loss of the epoch', '', trained.loss, keras.loss),
    )
    const steps = Math.ceil(small.rows / BATCH)
    bars.push(
      {
        what: `${target}: both took ${steps} steps`,
        limit: steps,
        value: keras.steps,
        ok: keras.steps === steps && trained.steps === steps,
      },
      // They begin with weights of their own: no more can be said of what they learnt.
      atMost(
        `${target}: by how much mean losses differ, of what knowing nothing loses`,
        0.1,
        Math.abs(trained.loss - keras.loss) / (target === 'amount' ? small.variance : Math.log(KINDS.length)),
      ),
    )
  } catch (error) {
    console.log(`Keras: ${(error as Error).message}`)
    bars.push({ what: `${target}: Keras could not be measured`, limit: 0, value: null, ok: false })
  }
}

interface Trained {
  readonly trainerMb: number
  readonly engineMb: number
  readonly packingSecs: number
  readonly epochSecs: number
  readonly wholeSecs: number
  readonly steps: number
  readonly loss: number
  readonly allowedBytes: number
}

/** An epoch, everything logged. @throws when the rows were in memory, or the run did not finish */
async function train(csv: WrittenCsv, target: Target): Promise<Trained> {
  const workspace = temporaryWorkspace()
  // A file that is small for a bench may take less than Minima lets it.
  const memoryMb = Math.max(1, Math.min(memoryBudget(undefined) / 2 ** 20, Math.floor(csv.bytes / 2 ** 20 / 10)))
  const engine = await startEngineProcess(workspace)
  const pid = engine.process.pid ?? 0
  let trainerMb = 0
  let engineMb = 0
  const sampling = setInterval(() => {
    engineMb = Math.max(engineMb, peakMb(pid))
    for (const trainer of trainersOf(pid)) trainerMb = Math.max(trainerMb, peakMb(trainer))
  }, SAMPLE_MS)
  try {
    const startedAt = performance.now()
    const { runId } = await startRun(engine.connection, experimentText(csv, target, memoryMb))
    const run = await endOf(engine.connection, runId, 3_600_000)
    const wholeSecs = (performance.now() - startedAt) / 1000
    if (run.state !== 'finished') throw new Error(`the run is ${run.state}: ${run.error?.message ?? ''}`)
    const { notices } = await engine.connection.request('runs.get', { runId })
    const packed = notices.find((notice) => notice.includes('are read from the disk'))
    if (packed === undefined) throw new Error(`the rows were in memory: ${notices.join('; ')}`)
    const series = await engine.connection.request('series.list', { runId })
    const losses = series.find(({ tag }) => tag === 'train/loss')
    const loss = series.find(({ tag }) => tag === 'epoch/loss')
    if (!losses || !loss) throw new Error('no loss was logged')
    console.log(`  ${target}: ${wholeSecs.toFixed(0)} s; ${notices.join('; ')}`)
    return {
      trainerMb,
      engineMb,
      packingSecs: Number(/packed in ([\d.]+) s/.exec(packed)?.[1] ?? 0),
      epochSecs: losses.last.wallTime - losses.first.wallTime,
      wholeSecs,
      steps: losses.count,
      loss: loss.last.value ?? NaN,
      allowedBytes: memoryMb * 2 ** 20,
    }
  } finally {
    clearInterval(sampling)
    await engine.kill('SIGTERM')
    deleteWorkspace(workspace)
  }
}

function experimentText(csv: WrittenCsv, target: Target, memoryMb: number): string {
  const classes = target === 'kind'
  return JSON.stringify({
    name: target,
    data: {
      source: 'csv',
      file: csv.path,
      target,
      features: [...FEATURES],
      ...(classes && { classes: [...KINDS] }),
      memory: `${memoryMb}MB`,
    },
    preprocess: [{ type: 'standardize' }],
    model: {
      layers: [
        { type: 'dense', units: 32, activation: 'relu' },
        classes ? { type: 'dense', units: KINDS.length, activation: 'softmax' } : { type: 'dense', units: 1 },
      ],
    },
    fit: {
      loss: classes ? 'sparseCategoricalCrossentropy' : 'meanSquaredError',
      optimizer: 'adam',
      epochs: 1,
      batchSize: BATCH,
      seed,
    },
  })
}

function row(of: string, metric: string, unit: string, value: number): BenchRow {
  return { case: of, metric, unit, minima: measured([value]) }
}

/** null: not measured. */
function known(megabytes: number): number | null {
  return megabytes === 0 ? null : megabytes
}
