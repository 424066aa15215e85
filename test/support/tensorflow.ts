/**
 * Whether tests may train on native TensorFlow here, and how such tests are marked, so that the summary can say why they
 * were skipped and CI can refuse it.
 *
 *     describeOnTensorflow('the compiled step', () => { … })     a whole suite
 *     test('…', (context) => { skipWithoutTensorflow(context); … })     one test
 */
import { describe, type TestContext } from 'vitest'
import { tensorflow } from '../../src/main/engine/training/backends/tensorflow.ts'
import { NEEDS_TENSORFLOW } from './skip-marks.ts'

/** Why nothing can be tested on native TensorFlow here; null when it is set up. */
export function tensorflowSkip(): string | null {
  const obstacle = tensorflow.obstacle()
  if (obstacle === null) return null
  return `${NEEDS_TENSORFLOW}: ${process.env['MINIMA_TENSORFLOW_SKIPPED'] ?? obstacle}`
}

/** A suite that is skipped, with the reason, where TensorFlow is not set up. */
export function describeOnTensorflow(name: string, body: () => void): void {
  const skip = tensorflowSkip()
  if (skip === null) describe(name, body)
  else describe.skip(`${name} (${skip})`, body)
}

/** Skips the test that asks, with the reason, where TensorFlow is not set up. */
export function skipWithoutTensorflow(context: TestContext): void {
  const skip = tensorflowSkip()
  if (skip !== null) context.skip(skip)
}
