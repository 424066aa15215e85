/**
 * bench:quality. Whether models learn as they do in Keras: full Fashion-MNIST (55,000 / 5,000 / 10,000, batch 32, SGD
 * 0.01, 3 epochs) and California housing (3 × 50, Adam, 20 epochs, the book's rows) through their experiment files, median
 * of seeds 1–3.
 */
import { join } from 'node:path'
import { atMost, measured, report, type Bar, type BenchRow } from './report.ts'
import { bookSplit, DATA, lastOf, trainSeeds, type Trained } from './train-examples.ts'

const SEEDS = [1, 2, 3]
/** Keras 3.15 on the same data: the range of its seeds after 3 epochs, and mean of 5 seeds. */
const KERAS = { fashionValidation: [0.845, 0.847], californiaRmse: 0.543 }

const fashion = await trainSeeds('fashion-mnist.yaml', SEEDS, [
  `data.dir=${join(DATA, 'fashion-mnist')}`,
  'fit.epochs=3',
])
const california = await trainSeeds('california-housing.yaml', SEEDS, ['fit.epochs=20', bookSplit()])
const californiaOwnSplit = await trainSeeds('california-housing.yaml', SEEDS, ['fit.epochs=20'])

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

function fashionStepsPerEpoch(run: Trained): number {
  return (run.series.find((series) => series.tag === 'train/loss')?.last[0] ?? NaN) / 3
}

function exactly(what: string, limit: number, value: number): Bar {
  return { what, limit, value, ok: value === limit }
}

function within(what: string, low: number, high: number, value: number): Bar {
  return { what: `${what}, at least ${low}`, limit: high, value, ok: value >= low && value <= high }
}
