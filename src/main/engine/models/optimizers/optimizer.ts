/** Keras's optimizers over the variables of a model: the state of one training, and its steps op by op. */
import { MinimaError } from '../../../../contract/errors.ts'
import type { OptimizerSpec } from '../../../../contract/experiment/optimizer.ts'
import type { NamedVariable } from '../forward.ts'
import type { Tensor, TensorMap, Tf, Variable } from '../tf.ts'
import { createPlan, AVERAGE, type OptimizerPlan } from './plan.ts'
import { stepVariables, type VariableUpdate } from './step.ts'
import type { Scalars } from './update-rule.ts'

/** A variable with what the optimizer remembers of it. */
export interface OptimizedVariable extends NamedVariable {
  readonly slots: Readonly<Record<string, Variable>>
}

/** Float64 for numbers of their own, float32 for tensors, row-major. */
export interface StateEntry {
  readonly name: string
  readonly values: Float32Array | Float64Array
}

export interface KerasOptimizer {
  readonly plan: OptimizerPlan
  readonly variables: readonly OptimizedVariable[]
  /** Batches seen; to be set by what steps in the optimizer's place, which keeps weights and slots up to date. */
  iteration: number
  /** What the batch `iteration`, by default the next, is stepped with, at the rate that is set now. */
  scalarsOf(iteration?: number): Scalars
  /** @param gradients of `plan.lossScale` times the loss, in the order of the variables; null where there is none */
  apply(gradients: readonly (Tensor | null)[]): void
  /** @param gradients of the loss itself, by the names of tfjs's variables */
  applyGradients(gradients: TensorMap): void
  /** Of the next step. */
  readonly learningRate: number
  /** @throws MinimaError `bad-request` when the rate follows a schedule */
  setLearningRate(rate: number): void
  /** To be called when training ends: averages of the weights, if they are kept, take their place. */
  finalize(): void
  state(): StateEntry[]
  /** @throws MinimaError `bad-request` when it is not the state of such an optimizer of such variables */
  setState(entries: readonly StateEntry[]): void
  dispose(): void
}

export function createOptimizer(tf: Tf, spec: OptimizerSpec, variables: readonly NamedVariable[]): KerasOptimizer {
  const plan = createPlan(spec)
  let liveRate = typeof spec.learningRate === 'number' ? spec.learningRate : NaN
  let iteration = 0
  const rateAt = (batch: number): number => plan.schedule?.(batch) ?? liveRate

  const optimized = variables.map(({ name, variable, constrain }): OptimizedVariable => {
    const slots = plan.slots.map((slot) => [slot.name, filled(tf, variable, slot.initial)])
    return { name, variable, constrain, slots: Object.fromEntries(slots) as Record<string, Variable> }
  })

  const scalarsOf = (batch = iteration): Scalars => plan.scalarsOf(batch, rateAt(batch))

  const apply = (gradients: readonly (Tensor | null)[], lossScale: number): void => {
    tf.tidy(() => {
      const scalars = Object.fromEntries(Object.entries(scalarsOf()).map(([name, value]) => [name, tf.scalar(value)]))
      const states = optimized.map(({ name, variable, constrain, slots }, index) => {
        return { name, weight: variable, slots, constrain, gradient: gradients[index] ?? null }
      })
      const phase = plan.phaseOf(iteration)
      const updates = stepVariables(tf, plan, { variables: states, scalars, phase, lossScale })
      for (const [index, update] of updates.entries()) assign(optimized[index], update)
    })
    iteration++
  }

  return {
    plan,
    variables: optimized,
    get iteration() {
      return iteration
    },
    set iteration(batches) {
      iteration = batches
    },
    get learningRate() {
      return rateAt(iteration)
    },
    setLearningRate(rate) {
      if (plan.schedule !== null) throw new MinimaError('bad-request', 'the learning rate follows a schedule')
      liveRate = rate
    },
    scalarsOf,
    apply: (gradients) => apply(gradients, plan.lossScale),
    // Scaled and unscaled again they would be the same, but for what float32 cannot hold on the way.
    applyGradients: (gradients) =>
      apply(
        optimized.map(({ variable }) => gradients[variable.name] ?? null),
        1,
      ),
    finalize() {
      if (!plan.averages || iteration === 0) return
      for (const { variable, slots } of optimized) if (slots[AVERAGE]) variable.assign(slots[AVERAGE])
    },
    state: () => [
      { name: 'iteration', values: Float64Array.of(iteration) },
      ...(plan.schedule === null ? [{ name: 'learningRate', values: Float64Array.of(liveRate) }] : []),
      ...slotsOf(optimized).map(({ name, slot }) => ({ name, values: Float32Array.from(slot.dataSync()) })),
    ],
    setState(entries) {
      const values = new Map(entries.map((entry) => [entry.name, entry.values]))
      const slots = slotsOf(optimized)
      const read = (name: string, size: number): Float32Array | Float64Array => {
        const found = values.get(name)
        if (found?.length === size) return found
        const got = found === undefined ? 'nothing' : `${found.length} numbers`
        throw new MinimaError('bad-request', `the state of the optimizer has ${got} for ${name}, expected ${size}`)
      }
      const found = slots.map(({ name, slot }) => Float32Array.from(read(name, slot.size)))
      const [batches = 0] = read('iteration', 1)
      if (plan.schedule === null) liveRate = read('learningRate', 1)[0] ?? NaN
      iteration = batches
      tf.tidy(() => slots.forEach(({ slot }, index) => slot.assign(tf.tensor(found[index] ?? [], slot.shape))))
    },
    dispose: () => tf.dispose(slotsOf(optimized).map(({ slot }) => slot)),
  }
}

function filled(tf: Tf, like: Tensor, value: number): Variable {
  return tf.tidy(() => tf.variable(tf.fill(like.shape, value), false))
}

/** Results that are the variable itself are left alone: assigning would free what it is to hold. */
function assign(variable: OptimizedVariable | undefined, { weight, slots }: VariableUpdate): void {
  if (variable === undefined) return
  if (weight !== variable.variable) variable.variable.assign(weight as never)
  for (const [name, slot] of Object.entries(variable.slots)) {
    const value = slots[name]
    if (value !== undefined && value !== slot) slot.assign(value as never)
  }
}

/** `dense/kernel/momentum` */
function slotsOf(variables: readonly OptimizedVariable[]): { name: string; slot: Variable }[] {
  return variables.flatMap(({ name, slots }) =>
    Object.entries(slots).map(([slotName, slot]) => ({ name: `${name}/${slotName}`, slot })),
  )
}
