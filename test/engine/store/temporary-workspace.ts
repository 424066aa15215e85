/** A folder for one test, and a store in it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runId, type RunId } from '../../../src/contract/terms.ts'
import { openStore, type Store, type StoreOptions } from '../../../src/main/engine/store/store.ts'

export const RUN: RunId = runId.parse('run-1')

/** Goes away with the test. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'minima-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A store of its own with the run `RUN` in it. */
export function temporaryStore(options?: StoreOptions): Store {
  const store = openStore(temporaryDir(), options)
  onTestFinished(() => store.close())
  insertRun(store)
  return store
}

export function insertRun(store: Store, id: RunId = RUN): void {
  store.runs.insert({ runId: id, name: id, state: 'running', createdAt: 1000, startedAt: 1000, stepsPerEpoch: 4 })
}
