/** Every optimizer of the contract and its rule. */
import type { OptimizerOf, OptimizerSpec, OptimizerType } from '../../../../contract/experiment/optimizer.ts'
import { adadelta } from './adadelta.ts'
import { adagrad } from './adagrad.ts'
import { adam } from './adam.ts'
import { adamax } from './adamax.ts'
import { ftrl } from './ftrl.ts'
import { lion } from './lion.ts'
import { nadam } from './nadam.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'
import type { UpdateRule } from './update-rule.ts'

const UPDATE_RULES: { readonly [T in OptimizerType]: (spec: OptimizerOf<T>) => UpdateRule } = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw: adam,
  nadam,
  adamax,
  ftrl,
  lion,
}

export function updateRule(spec: OptimizerSpec): UpdateRule {
  return (UPDATE_RULES[spec.type] as (spec: OptimizerSpec) => UpdateRule)(spec)
}
