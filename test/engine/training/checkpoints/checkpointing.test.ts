import { expect, test } from 'vitest'
import { callbacks as callbacksSchema } from '../../../../src/contract/experiment/callbacks.ts'
import type { Checkpoint } from '../../../../src/main/engine/training/checkpoints/checkpoint.ts'
import { createCheckpointing } from '../../../../src/main/engine/training/checkpoints/checkpointing.ts'

/** Steps at which a checkpoint was kept, in a training whose epochs of 10 steps take `stepMs` a step. */
async function keptSteps(given: { stepMs: number; steps: number; saveMs?: number; callbacks?: unknown }) {
  const kept: number[] = []
  let now = 0
  const save = ({ step }: Checkpoint): Promise<void> => {
    kept.push(step)
    now += given.saveMs ?? 0
    return Promise.resolve()
  }
  const checkpoints = createCheckpointing(callbacksSchema.parse(given.callbacks ?? []), 0, save, () => now)
  for (let step = 1; step <= given.steps; step++) {
    now += given.stepMs
    await checkpoints.after(step % 10 === 0 ? 'epoch' : 'steps', step, () => ({ step }) as Checkpoint)
  }
  return kept
}

test('short epochs: one of every so many that take five seconds', async () => {
  expect(await keptSteps({ stepMs: 100, steps: 200 })).toEqual([50, 100, 150, 200])
})

test('long epochs: every half minute within them, too', async () => {
  expect(await keptSteps({ stepMs: 11_000, steps: 12 })).toEqual([3, 6, 9, 10])
})

test('one that takes long is followed by the next the later: a twentieth of the time at most', async () => {
  expect(await keptSteps({ stepMs: 1_000, steps: 200, saveMs: 5_000 })).toEqual([10, 110])
})

test('backupAndRestore keeps one after each epoch, however short, or every so many steps', async () => {
  const backup = (everySteps?: number) => [{ type: 'backupAndRestore', ...(everySteps && { everySteps }) }]
  expect(await keptSteps({ stepMs: 1, steps: 30, callbacks: backup() })).toEqual([10, 20, 30])
  expect(await keptSteps({ stepMs: 1, steps: 30, callbacks: backup(7) })).toEqual([7, 14, 21, 28])
})

test('the last step has one, but not two', async () => {
  const kept: number[] = []
  const save = ({ step }: Checkpoint): Promise<void> => Promise.resolve(void kept.push(step))
  const checkpoints = createCheckpointing(callbacksSchema.parse([{ type: 'backupAndRestore' }]), 0, save, () => 0)
  const at = (step: number) => () => ({ step }) as Checkpoint
  await checkpoints.last(0, at(0))
  await checkpoints.after('epoch', 10, at(10))
  await checkpoints.last(10, at(10))
  await checkpoints.last(11, at(11))
  expect(kept).toEqual([0, 10, 11])
})

test('without somewhere to keep them none are taken', async () => {
  const checkpoints = createCheckpointing([], 0, null)
  await checkpoints.last(1, () => {
    throw new Error('it was taken')
  })
})
