/**
 * bench:quality. Whether models learn as they do in Keras: full Fashion-MNIST (55,000 / 5,000 / 10,000, batch 32, SGD
 * 0.01, 3 epochs) and California housing (3 × 50, Adam, 20 epochs, the book's rows) through their experiment files, median
 * of seeds 1–3.
 */
import { join, resolve } from 'node:path'
import { deleteWorkspace, ROOT, runCommand, temporaryWorkspace } from '../support/served-app.ts'
import { atMost, measured, report, type Bar, type BenchRow } from './report.ts'

const SEEDS = [1, 2, 3]
const DATA = resolve(process.env['MINIMA_DATA_DIR'] ?? join(ROOT, '../shared/data'))
/** Keras 3.15 on the same data: the range of its seeds after 3 epochs, and mean of 5 seeds. */
const KERAS = { fashionValidation: [0.845, 0.847], californiaRmse: 0.543 }

interface Inspected {
  readonly runs: readonly {
    readonly state: string
    readonly model: { readonly params: number }
    readonly series: readonly { readonly tag: string; readonly last: readonly [number, number, number] }[]
  }[]
}

const fashion = await trainSeeds('fashion-mnist.yaml', [`data.dir=${join(DATA, 'fashion-mnist')}`, 'fit.epochs=3'])
const california = await trainSeeds('california-housing.yaml', [
  'fit.epochs=20',
  `split=${JSON.stringify({ rows: bookRows(join(DATA, 'california-housing')) })}`,
])
const californiaOwnSplit = await trainSeeds('california-housing.yaml', ['fit.epochs=20'])

const accuracy = measured(fashion.map((run) => lastOf(run, 'validation/accuracy')))
const rmse = measured(california.map((run) => lastOf(run, 'test/rootMeanSquaredError')))
const rmseOwnSplit = measured(californiaOwnSplit.map((run) => lastOf(run, 'test/rootMeanSquaredError')))
const steps = fashion[0] ? fashionStepsPerEpoch(fashion[0]) : NaN
const parameters = fashion[0]?.model.params ?? NaN
const rows: BenchRow[] = [
  { case: 'Fashion-MNIST, 3 epochs', metric: 'validation accuracy', unit: '', minima: accuracy },
  { case: 'California 3×50, 20 epochs, the rows Keras had', metric: 'test RMSE', unit: '100,000 $', minima: rmse },
  { case: 'the same, the split of the example', metric: 'test RMSE', unit: '100,000 $', minima: rmseOwnSplit },
]
const bars: Bar[] = [
  exactly('Fashion-MNIST: steps per epoch', 1719, steps),
  exactly('Fashion-MNIST: parameters', 266_610, parameters),
  within(
    `Fashion-MNIST: median validation accuracy (Keras ${KERAS.fashionValidation.join('–')})`,
    0.835,
    0.855,
    accuracy.median,
  ),
  atMost(`California: median test RMSE (Keras ${KERAS.californiaRmse})`, 0.565, rmse.median),
]
report('quality', rows, bars)

/** The book's split, by which Keras's figure was measured. */
function bookRows(dir: string): Record<'train' | 'validation' | 'test', string> {
  return {
    train: join(dir, 'split_train.i32.bin'),
    validation: join(dir, 'split_valid.i32.bin'),
    test: join(dir, 'split_test.i32.bin'),
  }
}

async function trainSeeds(example: string, overrides: readonly string[]): Promise<Inspected['runs'][number][]> {
  const runs: Inspected['runs'][number][] = []
  for (const seed of SEEDS) {
    const workspace = temporaryWorkspace()
    const sets = [...overrides, `fit.seed=${seed}`].flatMap((one) => ['--set', one])
    const { code, stderr, stdout } = await runCommand(workspace, ['train', join(ROOT, 'examples', example), ...sets])
    if (code !== 0) throw new Error(`${example}, seed ${seed}: ${stderr}${stdout}`)
    console.log(`${example}, seed ${seed}\n${stdout.trim().split('\n').slice(-12).join('\n')}\n`)
    const inspected = JSON.parse((await runCommand(workspace, ['inspect', '--json'])).stdout) as Inspected
    runs.push(...inspected.runs)
    deleteWorkspace(workspace)
  }
  return runs
}

function lastOf(run: Inspected['runs'][number], tag: string): number {
  return run.series.find((series) => series.tag === tag)?.last[2] ?? NaN
}

function fashionStepsPerEpoch(run: Inspected['runs'][number]): number {
  return (run.series.find((series) => series.tag === 'train/loss')?.last[0] ?? NaN) / 3
}

function exactly(what: string, limit: number, value: number): Bar {
  return { what, limit, value, ok: value === limit }
}

function within(what: string, low: number, high: number, value: number): Bar {
  return { what: `${what}, at least ${low}`, limit: high, value, ok: value >= low && value <= high }
}
