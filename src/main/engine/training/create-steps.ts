/** The fastest way to take steps that works: compiled on native TensorFlow, else op by op with the reason. */
import type { OptimizerSpec } from '../../../contract/experiment/optimizer.ts'
import { tensorflowBackend } from './compiled/binding.ts'
import { createCompiledSteps, type CompileOptions } from './compiled/compiled-steps.ts'
import { createEagerSteps, type StepData } from './eager-steps.ts'
import type { StepParts } from './step-body.ts'
import type { Steps } from './steps.ts'

export function createSteps(
  parts: StepParts,
  data: StepData,
  optimizer: OptimizerSpec,
  options: CompileOptions = {},
): Steps {
  const backend = tensorflowBackend(parts.tf)
  if (backend === null) return createEagerSteps(parts, data, null)
  try {
    return createCompiledSteps(parts, data, optimizer, backend, options)
  } catch (error) {
    return createEagerSteps(parts, data, (error as Error).message.split('\n')[0] ?? 'it could not be compiled')
  }
}
