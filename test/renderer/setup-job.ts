/** A setup of TensorFlow that goes on, for tests of what is told of it. */
import type { SetupJob, SetupPlan, TensorflowInstalled } from '../../src/contract/tensorflow.ts'

export function setupJob(change: Partial<SetupJob> = {}): SetupJob {
  return {
    state: 'running',
    flavor: 'cpu',
    stage: 'downloading',
    share: 0.25,
    doneBytes: 120e6,
    totalBytes: 274e6,
    message: 'pip fetches it',
    error: null,
    ...change,
  }
}

export function setupPlan(change: Partial<SetupPlan> = {}): SetupPlan {
  return {
    flavor: 'cpu',
    title: 'for the CPU',
    source: 'a download by pip',
    downloadBytes: 274e6,
    diskBytes: 935e6,
    secs: 95,
    dir: '/cache/cpu',
    obstacle: null,
    ...change,
  }
}

export const installedTensorflow: TensorflowInstalled = {
  flavor: 'cpu',
  version: '2.21.0',
  source: 'a download by pip',
  dir: '/cache/cpu',
  bytes: 935e6,
  device: 'CPU',
}
