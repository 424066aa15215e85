/** One iteration of an optimizer over all its variables, as a pure function: run at once, or recorded and run often. */
import type { Constrain } from '../constraints.ts'
import type { Tensor, Tf } from '../tf.ts'
import { addGradients, unscaleGradients } from './gradients.ts'
import { AVERAGE, GRADIENT_SUM, type OptimizerPlan, type Phase } from './plan.ts'
import { named, type Tensors } from './update-rule.ts'

/** A variable as a step finds it. */
export interface VariableState {
  /** By which weight decay may leave it out. */
  readonly name: string
  readonly weight: Tensor
  readonly slots: Tensors
  /** null: the loss does not depend on the variable, which stays as it is. */
  readonly gradient: Tensor | null
  /** Comes last of all, on every weight that has a gradient. */
  readonly constrain?: Constrain | undefined
}

/** Tensors that do not change are the same objects as before. */
export interface VariableUpdate {
  readonly weight: Tensor
  readonly slots: Tensors
}

export interface StepInputs {
  readonly variables: readonly VariableState[]
  /** By the names of `plan.scalarsOf`. */
  readonly scalars: Tensors
  /** null: all ways are computed and the scalars choose, so that what is recorded once holds for every iteration. */
  readonly phase: Phase | null
  /** What the loss was multiplied by when the gradients were taken. */
  readonly lossScale: number
}

export function stepVariables(tf: Tf, plan: OptimizerPlan, inputs: StepInputs): readonly VariableUpdate[] {
  const moved = plan.accumulated > 1 ? accumulate(tf, plan, inputs) : update(tf, plan, inputs)
  const averaged = plan.averages ? moved.map((variable) => averageVariable(tf, plan, variable, inputs)) : moved
  return averaged.map((variable, index) => {
    const { constrain, gradient = null } = inputs.variables[index] ?? {}
    if (constrain === undefined || gradient === null) return variable
    return { weight: constrain(variable.weight), slots: variable.slots }
  })
}

/** The average that a moved weight makes, which may take its place. */
export function averageVariable(
  tf: Tf,
  plan: OptimizerPlan,
  { weight, slots }: VariableUpdate,
  inputs: Pick<StepInputs, 'scalars' | 'phase'>,
): VariableUpdate {
  const average = plan.average(tf, named(slots, AVERAGE), weight, inputs.scalars)
  return { weight: overwritten(tf, plan, inputs, { weight, average }), slots: { ...slots, [AVERAGE]: average } }
}

/** Decay and the rule, of every variable that has a gradient. */
function update(tf: Tf, plan: OptimizerPlan, { variables, scalars, lossScale }: StepInputs): readonly VariableUpdate[] {
  const trained = variables.filter(hasGradient)
  const sums = plan.accumulated > 1 ? trained.map(({ slots }) => named(slots, GRADIENT_SUM)) : []
  const raw = trained.map(({ gradient }) => gradient)
  const prepared = plan.prepareGradients(tf, raw, sums, lossScale)
  const gradients = new Map<VariableState, Tensor | undefined>(trained.map((state, index) => [state, prepared[index]]))
  return variables.map((state) => {
    const gradient = gradients.get(state)
    if (gradient === undefined) return state
    const weight = plan.decay(tf, state.name, state.weight, scalars)
    const { w, slots } = plan.rule.update(tf, weight, gradient, state.slots, scalars)
    return { weight: w, slots: { ...state.slots, ...slots } }
  })
}

/** An update that empties the sums, or sums that grow by this batch. */
function accumulate(tf: Tf, plan: OptimizerPlan, inputs: StepInputs): readonly VariableUpdate[] {
  const { phase, scalars } = inputs
  if (phase !== null) return phase.updates ? emptied(tf, update(tf, plan, inputs)) : grown(tf, inputs)
  const others = grown(tf, inputs)
  return emptied(tf, update(tf, plan, inputs)).map((updated, index) => {
    const other = others[index] ?? updated
    const flag = named(scalars, 'updates')
    const chosen = Object.entries(updated.slots).map(([name, slot]) => [
      name,
      select(tf, flag, slot, named(other.slots, name)),
    ])
    return {
      weight: select(tf, flag, updated.weight, other.weight),
      slots: Object.fromEntries(chosen) as Tensors,
    }
  })
}

function grown(tf: Tf, { variables, lossScale }: StepInputs): readonly VariableUpdate[] {
  return variables.map((state) => {
    if (!hasGradient(state)) return state
    const unscaled = unscaleGradients(tf, [state.gradient], lossScale)
    const [sum] = addGradients(tf, unscaled, [named(state.slots, GRADIENT_SUM)])
    return { weight: state.weight, slots: { ...state.slots, ...(sum && { [GRADIENT_SUM]: sum }) } }
  })
}

function emptied(tf: Tf, updates: readonly VariableUpdate[]): readonly VariableUpdate[] {
  return updates.map(({ weight, slots }) => ({
    weight,
    slots: { ...slots, [GRADIENT_SUM]: tf.zerosLike(named(slots, GRADIENT_SUM)) },
  }))
}

function overwritten(
  tf: Tf,
  plan: OptimizerPlan,
  { phase, scalars }: Pick<StepInputs, 'scalars' | 'phase'>,
  { weight, average }: { weight: Tensor; average: Tensor },
): Tensor {
  if (!plan.overwrites) return weight
  if (phase !== null) return phase.overwrites ? average : weight
  return select(tf, named(scalars, 'overwrites'), average, weight)
}

/** `yes` where the flag is 1, `no` where it is 0, even if the other is not finite. */
function select(tf: Tf, flag: Tensor, yes: Tensor, no: Tensor): Tensor {
  return yes === no ? yes : tf.where(tf.greater(flag, 0.5), yes, no)
}

function hasGradient(state: VariableState): state is VariableState & { readonly gradient: Tensor } {
  return state.gradient !== null
}
