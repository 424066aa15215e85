/**
 * bench:chapter. The chapter's models at full epochs, through their files in `examples/chapter10`: the book's figure, what
 * Keras reaches here (golden `e2e_anchors.json`, the same rows), and ours, side by side.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GOLDEN_DIR } from '../parity/goldens.ts'
import { benchOptions, measured, report, type Bar, type BenchRow } from './report.ts'
import { bookSplit, DATA, lastOf, trainSeeds } from './train-examples.ts'

interface Anchor {
  readonly runs: readonly Readonly<Record<string, number>>[]
}

interface Case {
  readonly id: string
  /** By default `id`.yaml. */
  readonly file?: string
  readonly anchor: string
  readonly overrides: readonly string[]
  readonly seeds: number
  readonly figures: readonly {
    readonly what: string
    readonly tag: string
    /** Of the anchor's runs. */
    readonly keras: string
    /** null: the book tells none. */
    readonly book: number | null
    readonly best: 'least' | 'greatest'
    /** What the median of ours must reach; by default Keras's worst run and half the spread of its runs more. */
    readonly bar?: number
  }[]
}

const CALIFORNIA = [bookSplit()]
const rmse = (tag: string, keras: string, book: number | null) =>
  ({ what: tag.includes('aux') ? 'test RMSE, aux' : 'test RMSE', tag, keras, book, best: 'least' }) as const

const CASES: readonly Case[] = [
  {
    id: 'california-mlp',
    anchor: 'california_mlp_3x50',
    overrides: CALIFORNIA,
    seeds: 5,
    figures: [rmse('test/rootMeanSquaredError', 'test_rmse', 0.5297)],
  },
  {
    id: 'california-wide-deep',
    anchor: 'california_wide_deep',
    overrides: CALIFORNIA,
    seeds: 5,
    figures: [rmse('test/rootMeanSquaredError', 'test_rmse', 0.7565)],
  },
  {
    id: 'california-two-inputs',
    anchor: 'california_multi_input',
    overrides: CALIFORNIA,
    seeds: 5,
    figures: [rmse('test/rootMeanSquaredError', 'test_rmse', 0.5821)],
  },
  {
    id: 'california-aux-output',
    anchor: 'california_aux_output',
    overrides: CALIFORNIA,
    seeds: 5,
    figures: [
      rmse('test/main_rootMeanSquaredError', 'test_rmse', 0.5815),
      rmse('test/aux_rootMeanSquaredError', 'test_aux_rmse', 0.6349),
      { what: 'weighted test loss', tag: 'test/loss', keras: 'test_weighted_loss', book: 0.3446, best: 'least' },
    ],
  },
  {
    id: 'california-subclass',
    file: 'california-subclass.ts',
    anchor: 'california_aux_output',
    overrides: CALIFORNIA,
    seeds: 5,
    figures: [
      rmse('test/main_rootMeanSquaredError', 'test_rmse', null),
      rmse('test/aux_rootMeanSquaredError', 'test_aux_rmse', null),
    ],
  },
  {
    id: 'fashion-mnist-mlp',
    anchor: 'fashion_mnist_sgd001_b32_30ep',
    overrides: [`data.dir=${join(DATA, 'fashion-mnist')}`],
    seeds: 3,
    figures: [
      { what: 'validation accuracy', tag: 'validation/accuracy', keras: 'val_acc', book: 0.8894, best: 'greatest' },
      { what: 'test accuracy', tag: 'test/accuracy', keras: 'test_acc', book: 0.8864, best: 'greatest' },
      { what: 'test loss', tag: 'test/loss', keras: 'test_loss', book: 0.3243, best: 'least' },
    ],
  },
  {
    id: 'mnist',
    anchor: 'mnist_sgd01_best_val_accuracy',
    overrides: [`data.dir=${join(DATA, 'mnist')}`],
    seeds: 3,
    figures: [
      { what: 'test accuracy', tag: 'test/accuracy', keras: 'test_acc', book: null, best: 'greatest', bar: 0.98 },
    ],
  },
]

const { only } = benchOptions()
const anchors = (
  JSON.parse(readFileSync(join(GOLDEN_DIR, 'e2e_anchors.json'), 'utf8')) as { anchors: Record<string, Anchor> }
).anchors
const rows: BenchRow[] = []
const bars: Bar[] = []
for (const { id, file = `${id}.yaml`, anchor, overrides, seeds, figures } of CASES) {
  if (only.length > 0 && !only.includes(id)) continue
  const numbers = Array.from({ length: seeds }, (_, index) => 42 + index)
  const trained = await trainSeeds(`chapter10/${file}`, numbers, overrides)
  for (const { what, tag, keras, book, best, bar } of figures) {
    const ours = measured(trained.map((run) => lastOf(run, tag)))
    const theirs = measured((anchors[anchor]?.runs ?? []).map((run) => run[keras] ?? NaN))
    const wanted = bar ?? worst(theirs.runs, best)
    const ok = best === 'least' ? ours.median <= wanted : ours.median >= wanted
    const books = book === null ? '' : `, the book ${book}`
    rows.push({
      case: `${id}${books}`,
      metric: what,
      unit: '',
      minima: ours,
      peer: { name: 'Keras here', version: '3.15.1', ...theirs },
    })
    bars.push({
      what: `${id}: median ${what}, Keras ${show(theirs.runs)}${books}`,
      limit: wanted,
      value: ours.median,
      ok,
    })
  }
}
report('chapter', rows, bars)

/** Of Keras's seeds, and a little more: a median of ours that is beyond it learns worse. */
function worst(runs: readonly number[], best: 'least' | 'greatest'): number {
  const spread = Math.max(...runs) - Math.min(...runs)
  return best === 'least' ? Math.max(...runs) + spread / 2 : Math.min(...runs) - spread / 2
}

function show(runs: readonly number[]): string {
  return [Math.min(...runs), Math.max(...runs)].map((value) => value.toFixed(4)).join('–')
}
