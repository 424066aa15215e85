/** Runs and their series. */
import { dirname, join } from 'node:path'
import { MinimaError } from '../../../contract/errors.ts'
import { experiment } from '../../../contract/experiment/experiment.ts'
import type { RunDetail } from '../../../contract/run.ts'
import { encodeEnvelopes, scalarQuery } from '../../../contract/scalars.ts'
import type { RunId } from '../../../contract/terms.ts'
import { keptCode } from '../scripts/keep-source.ts'
import { readEnvelope } from '../query/scalar-envelopes.ts'
import type { Store } from '../store/store.ts'
import { exportInChild, importInChild } from '../training/model-file-host.ts'
import { predictInChild } from '../training/predict-host.ts'
import type { ApiContext } from './context.ts'
import { parseParams, type Handlers } from './router.ts'

export function runHandlers({
  store,
  runs,
  workspaceDir,
  trainerScript,
}: ApiContext): Pick<
  Handlers,
  | 'runs.list'
  | 'runs.get'
  | 'runs.start'
  | 'runs.resume'
  | 'runs.findLearningRate'
  | 'runs.predict'
  | 'runs.export'
  | 'models.import'
  | 'runs.stop'
  | 'series.list'
  | 'histograms.list'
> {
  return {
    'runs.list': () => store.runs.list(),
    'runs.get': ({ runId }) => getRun(store, runId),
    'runs.start': (params) => runs.start(params),
    'runs.resume': (params) => runs.resume(params),
    'runs.findLearningRate': ({ range, ...params }) => runs.start(params, range),
    'runs.stop': async ({ runId }) => {
      await runs.stop(runId)
      return {}
    },
    'runs.predict': ({ runId, part, rows, runScript }) => {
      const script = keptCode(join(workspaceDir, 'runs', runId), runScript)
      const saved = savedModel(getRun(store, runId))
      return predictInChild(trainerScript, { type: 'predict', ...saved, part, rows, ...(script && { script }) })
    },
    'runs.export': ({ runId, file, format, preprocessing }) =>
      exportInChild(trainerScript, {
        type: 'export',
        ...savedModel(getRun(store, runId)),
        file,
        format,
        preprocessing,
      }),
    'models.import': ({ file, baseDir }) => importInChild(trainerScript, { type: 'import', file, baseDir }),
    'series.list': ({ runId }) => store.listSeries(getRun(store, runId).runId),
    'histograms.list': ({ runId }) => store.listHistograms(getRun(store, runId).runId),
  }
}

/** What a trainer needs of a run whose weights it is to load. */
function savedModel({ config, weightsDir, sourcePath, environment, name }: RunDetail) {
  const parsed = experiment.safeParse(config)
  if (!parsed.success) throw new MinimaError('bad-request', `${name} was not made from an experiment file`)
  if (weightsDir === null) throw new MinimaError('not-found', `${name} has saved no weights`)
  const baseDir = sourcePath === null ? (environment?.workingDir ?? '.') : dirname(sourcePath)
  return { experiment: parsed.data, baseDir, weightsDir }
}

/** A run that is gone, or a tag it does not have, is left out: charts ask for many at once. */
export function answerScalarQuery(store: Store, given: unknown): Uint8Array {
  const query = parseParams(scalarQuery, given, 'scalars.read')
  return encodeEnvelopes(query.series.flatMap(({ runId, tag }) => readEnvelope(store, runId, tag, query) ?? []))
}

function getRun(store: Store, id: RunId): RunDetail {
  const run = store.runs.get(id)
  if (!run) throw new MinimaError('not-found', `there is no run ${id}`)
  return run
}
