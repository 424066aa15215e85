/** Records the optimizer's part of a step: by TensorFlow's own op where there is one, else by the rule's tfjs ops. */
import type { OptimizerSpec } from '../../../../contract/experiment/optimizer.ts'
import type { KerasOptimizer, OptimizedVariable } from '../../models/optimizers/optimizer.ts'
import { averageVariable, stepVariables } from '../../models/optimizers/step.ts'
import type { Tensor, Tf, Variable } from '../../models/tf.ts'
import { fusedUpdate, type FusedUpdate } from './fused-updates.ts'
import { attr } from './graph.ts'
import type { Recorder } from './recorder.ts'

type Tensors = Readonly<Record<string, Tensor>>

export interface UpdateRecorder {
  /** Variables that its ops want besides the optimizer's, of no meaning between steps. */
  readonly scratch: readonly Variable[]
  /** What the step of `iteration` is computed with, by name, always in the same order. */
  scalarsOf(iteration: number): Readonly<Record<string, number>>
  /**
   * @param gradients of `plan.lossScale` times the loss, in the order of the optimizer's variables
   * @param scalars by the names of `scalarsOf`
   */
  record(recorder: Recorder, gradients: readonly (Tensor | null)[], scalars: Tensors): void
}

export function createUpdateRecorder(tf: Tf, spec: OptimizerSpec, optimizer: KerasOptimizer): UpdateRecorder {
  // What is summed over batches is not updated at every step: the rule's ops choose by a scalar.
  const fused = optimizer.plan.accumulated === 1 ? fusedUpdate(tf, spec) : null
  if (fused === null) {
    return { scratch: [], scalarsOf: (iteration) => optimizer.scalarsOf(iteration), record: recordRule(tf, optimizer) }
  }
  const scratch = optimizer.variables.map(({ variable }) =>
    Array.from({ length: fused.scratch }, () => tf.variable(tf.zeros(variable.shape), false)),
  )
  return {
    scratch: scratch.flat(),
    scalarsOf: (iteration) => ({ ...optimizer.scalarsOf(iteration), ...fused.scalars(iteration + 1) }),
    record: recordFused(tf, optimizer, fused, scratch),
  }
}

function recordRule(tf: Tf, { plan, variables }: KerasOptimizer): UpdateRecorder['record'] {
  return (recorder, gradients, scalars) => {
    const states = variables.map(({ name, variable, constrain, slots }, index) => {
      return { name, weight: variable, slots, constrain, gradient: gradients[index] ?? null }
    })
    const updates = stepVariables(tf, plan, { variables: states, scalars, phase: null, lossScale: plan.lossScale })
    for (const [index, { weight, slots }] of updates.entries()) {
      const given = variables[index]
      if (given === undefined) continue
      assign(recorder, given.variable, weight)
      for (const [name, slot] of Object.entries(given.slots)) assign(recorder, slot, slots[name] ?? slot)
    }
  }
}

function recordFused(
  tf: Tf,
  { plan, variables }: KerasOptimizer,
  fused: FusedUpdate,
  scratch: readonly Variable[][],
): UpdateRecorder['record'] {
  return (recorder, gradients, scalars) => {
    const trained = variables.flatMap((variable, index) => {
      const gradient = gradients[index]
      return gradient ? [{ ...variable, gradient, scratch: scratch[index] ?? [] }] : []
    })
    const prepared = plan.prepareGradients(
      tf,
      trained.map(({ gradient }) => gradient),
      [],
      plan.lossScale,
    )
    for (const [index, { name, variable, slots, scratch: own }] of trained.entries()) {
      assign(recorder, variable, plan.decay(tf, name, variable, scalars))
      recorder.inPlace(fused.op({ variable, gradient: prepared[index] as Tensor, slots, scratch: own, scalars }))
    }
    if (plan.averages) for (const variable of variables) recordAverage(tf, plan, recorder, variable, scalars)
    for (const { variable, constrain } of trained) {
      if (constrain) assign(recorder, variable, constrain(recorder.updated(variable)))
    }
  }
}

function recordAverage(
  tf: Tf,
  plan: KerasOptimizer['plan'],
  recorder: Recorder,
  { variable, slots }: OptimizedVariable,
  scalars: Tensors,
): void {
  const moved = { weight: recorder.updated(variable), slots }
  const averaged = averageVariable(tf, plan, moved, { scalars, phase: null })
  for (const [name, slot] of Object.entries(slots)) assign(recorder, slot, averaged.slots[name] ?? slot)
  if (averaged.weight !== moved.weight) assign(recorder, variable, averaged.weight)
}

/** A value that is the variable itself is no change. */
function assign(recorder: Recorder, variable: Variable, value: Tensor): void {
  if (value === variable) return
  recorder.inPlace({ op: 'AssignVariableOp', attrs: { dtype: attr.type('float32') }, inputs: [variable, value] })
}
