/** A run record for tests of the page: everything said but what a test says itself. */
import type { RunRecord } from '../../src/contract/run.ts'
import { runId } from '../../src/contract/terms.ts'

export function runRecord(id: string, fields: Partial<RunRecord> = {}): RunRecord {
  return {
    runId: runId.parse(id),
    name: id,
    experiment: null,
    state: 'finished',
    createdAt: 100,
    startedAt: 100,
    endedAt: 160,
    hparams: {},
    best: null,
    progress: null,
    stepsPerEpoch: null,
    backend: 'wasm',
    error: null,
    ...fields,
  }
}
