/**
 * TensorFlow's own optimizer ops, each a whole update of a variable in place; the rules are Keras's (its `ResourceApply…`
 * kernels: tensorflow/core/kernels/training_ops.cc). Where a rule has no op of its own, its tfjs ops are recorded instead.
 */
import type { OptimizerOf, OptimizerSpec, OptimizerType } from '../../../../contract/experiment/optimizer.ts'
import type { Tensor, Tf, Variable } from '../../models/tf.ts'
import { attr, type Attrs } from './graph.ts'
import type { InPlaceOp } from './recorder.ts'

export interface FusedUpdate {
  /** How many more variables like the one that is trained the op wants, of no meaning between steps. */
  readonly scratch: number
  /** What it wants of update `t` (1, 2, …) besides the optimizer's scalars. */
  readonly scalars: (t: number) => Readonly<Record<string, number>>
  op(update: FusedInputs): InPlaceOp
}

export interface FusedInputs {
  readonly variable: Variable
  readonly gradient: Tensor
  /** By the names of the optimizer's slots. */
  readonly slots: Readonly<Record<string, Variable>>
  readonly scratch: readonly Variable[]
  /** By the names of the optimizer's scalars, and its own. */
  readonly scalars: Readonly<Record<string, Tensor>>
}

type Make<T extends OptimizerType> = (tf: Tf, spec: OptimizerOf<T>) => FusedUpdate | null

const FUSED: { readonly [T in OptimizerType]?: Make<T> } = {
  sgd: (tf, { momentum, nesterov }) => {
    if (momentum === 0) {
      return fused('ResourceApplyGradientDescent', (given) => [given.variable, rate(given), given.gradient])
    }
    return fused(
      'ResourceApplyKerasMomentum',
      (given) => [given.variable, slot(given, 'momentum'), rate(given), given.gradient, tf.scalar(momentum)],
      { attrs: { use_nesterov: attr.bool(nesterov) } },
    )
  },

  /** Centered, the op's other order of roundings is felt: a variance is a small difference. */
  rmsprop: (tf, { rho, momentum, epsilon, centered }) =>
    centered
      ? null
      : fused(
          'ResourceApplyRMSProp',
          (given) => [
            given.variable,
            slot(given, 'velocity'),
            momentum > 0 ? slot(given, 'momentum') : (given.scratch[0] as Variable),
            rate(given),
            tf.scalar(rho),
            tf.scalar(momentum),
            tf.scalar(epsilon),
            given.gradient,
          ],
          { scratch: momentum > 0 ? 0 : 1 },
        ),

  adadelta: (tf, { rho, epsilon }) =>
    fused('ResourceApplyAdadelta', (given) => [
      given.variable,
      slot(given, 'accumulatedGrad'),
      slot(given, 'accumulatedDeltaVar'),
      rate(given),
      tf.scalar(rho),
      tf.scalar(epsilon),
      given.gradient,
    ]),

  adam,
  adamw: adam,

  adamax: (tf, { beta1, beta2, epsilon }) =>
    fused('ResourceApplyAdaMax', (given) => [
      given.variable,
      slot(given, 'momentum'),
      slot(given, 'norm'),
      tf.sub(1, scalar(given, 'momentumCorrection')),
      rate(given),
      tf.scalar(beta1),
      tf.scalar(beta2),
      tf.scalar(epsilon),
      given.gradient,
    ]),

  ftrl: (tf, spec) =>
    fused(
      'ResourceApplyFtrlV2',
      (given) => [
        given.variable,
        slot(given, 'accumulator'),
        slot(given, 'linear'),
        given.gradient,
        rate(given),
        tf.scalar(spec.l1RegularizationStrength),
        // The rule's own scalar is twice the strength, which the op doubles itself.
        tf.mul(scalar(given, 'l2'), 0.5),
        tf.scalar(spec.l2ShrinkageRegularizationStrength),
        tf.scalar(spec.learningRatePower),
      ],
      { attrs: { multiply_linear_by_lr: attr.bool(false) } },
    ),
}

/**
 * Bias corrections are in the rate already: powers of 0 leave it as it is. The op takes 1 − β from float32, which of 0.999
 * keeps four digits less than Keras, who takes it from float64; the moments that it so makes a little too small or great
 * are met by the rate and epsilon.
 */
function adam(tf: Tf, spec: OptimizerOf<'adam'> | OptimizerOf<'adamw'>): FusedUpdate {
  const name = spec.amsgrad ? 'ResourceApplyAdamWithAmsgrad' : 'ResourceApplyAdam'
  return fused(
    name,
    (given) => [
      given.variable,
      slot(given, 'momentum'),
      slot(given, 'velocity'),
      ...(spec.amsgrad ? [slot(given, 'velocityHat')] : []),
      tf.scalar(0),
      tf.scalar(0),
      tf.mul(scalar(given, 'alpha'), scalar(given, MET_RATE)),
      tf.scalar(spec.beta1),
      tf.scalar(spec.beta2),
      tf.mul(scalar(given, MET_ROOT), spec.epsilon),
      given.gradient,
    ],
    {
      scalars(t) {
        const root = Math.sqrt(excessOf(spec.beta2, t))
        return { [MET_ROOT]: root, [MET_RATE]: root / excessOf(spec.beta1, t) }
      },
    },
  )
}

const MET_ROOT = 'metRoot'
const MET_RATE = 'metRate'

/** By what factor a moving mean of a steady value is too great after `t` steps when 1 − β is rounded to float32. */
function excessOf(beta: number, t: number): number {
  const rounded = Math.fround(1 - Math.fround(beta))
  if (beta === 0 || rounded === 1 - beta) return 1
  return -Math.expm1(t * Math.log1p(-rounded)) / -Math.expm1(t * Math.log(beta))
}

/** null: there is none, or none that does just what the rule says. */
export function fusedUpdate(tf: Tf, spec: OptimizerSpec): FusedUpdate | null {
  return (FUSED[spec.type] as ((tf: Tf, spec: OptimizerSpec) => FusedUpdate | null) | undefined)?.(tf, spec) ?? null
}

function fused(
  op: string,
  inputs: (given: FusedInputs) => readonly (Variable | Tensor)[],
  { attrs = {}, scratch = 0, scalars = () => ({}) }: { attrs?: Attrs } & Partial<Omit<FusedUpdate, 'op'>> = {},
): FusedUpdate {
  const all = { T: attr.type('float32'), ...attrs }
  return { scratch, scalars, op: (given) => ({ op, attrs: all, inputs: inputs(given) }) }
}

function slot({ slots }: FusedInputs, name: string): Variable {
  return slots[name] ?? missing('slot', name)
}

function scalar({ scalars }: FusedInputs, name: string): Tensor {
  return scalars[name] ?? missing('scalar', name)
}

function rate(given: FusedInputs): Tensor {
  return scalar(given, 'learningRate')
}

function missing(what: string, name: string): never {
  throw new Error(`the optimizer has no ${what} called ${name}`)
}
