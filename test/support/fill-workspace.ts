/** A workspace with as many finished runs as a test or bench wants, written through the store itself. */
import { runId } from '../../src/contract/terms.ts'
import { openStore } from '../../src/main/engine/store/store.ts'

export interface Filling {
  readonly runs: number
  readonly pointsPerSeries: number
}

const TAGS = ['train/loss', 'train/accuracy', 'validation/loss', 'validation/accuracy']
const CREATED_AT = 1_790_000_000

export function fillWorkspace(workspace: string, { runs, pointsPerSeries }: Filling): void {
  const store = openStore(workspace)
  for (let index = 0; index < runs; index++) {
    const id = runId.parse(`run${String(index).padStart(5, '0')}`)
    const learningRate = 10 ** -(1 + (index % 4))
    const startedAt = CREATED_AT + 60 * index
    store.runs.insert({
      runId: id,
      name: `mlp ${index + 1}`,
      experiment: 'filled',
      state: 'queued',
      createdAt: startedAt,
      hparams: { optimizer: index % 2 ? 'adam' : 'sgd', learningRate, batchSize: 32, seed: index },
      sourceText: null,
      sourcePath: null,
      config: {},
      environment: null,
    })
    store.runs.update(id, {
      state: 'running',
      startedAt,
      backend: 'wasm',
      headlineTag: 'validation/accuracy',
      stepsPerEpoch: 50,
    })
    const steps = Float64Array.from({ length: pointsPerSeries }, (_, i) => i + 1)
    store.writer(id).append(
      TAGS.map((tag) => ({
        kind: 'scalars',
        tag,
        steps,
        wallTimes: steps.map((step) => startedAt + step * 0.01),
        values: steps.map((step) => curve(tag, step / pointsPerSeries, index)),
      })),
    )
    store.runs.update(id, { state: 'finished', endedAt: startedAt + pointsPerSeries * 0.01 })
  }
  store.close()
}

/** Falls for losses, rises for accuracies, a little different in each run. */
function curve(tag: string, progress: number, index: number): number {
  const pace = 2 + (index % 7) / 2
  const wobble = 0.02 * Math.sin(progress * 400 + index)
  const decay = Math.exp(-pace * progress)
  return tag.endsWith('loss') ? 0.3 + 2 * decay + wobble : 0.9 - 0.8 * decay + wobble
}
