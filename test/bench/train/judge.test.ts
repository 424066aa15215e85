/** The bars of bench:train: what meets them, and that what was not measured never does. */
import { describe, expect, it } from 'vitest'
import { benchCases } from './cases.ts'
import { barsOf, rowsOf } from './judge.ts'
import type { CaseResult, ContenderResult } from './measure-case.ts'

function contender(name: string, ...runs: number[]): ContenderResult {
  return { name, version: '1', runs, difference: { worstStep: 1e-5, epoch: 1e-6 }, stepsPerEpoch: 100, problem: null }
}

function result(id: string, changes: Partial<CaseResult> = {}): CaseResult {
  const benchCase = benchCases('data').find((one) => one.id === id)
  if (!benchCase) throw new Error(`no case ${id}`)
  return {
    case: benchCase,
    stepsPerEpoch: 100,
    kerasFit: contender('Keras fit', 3, 4),
    kerasBest: contender('Keras, 50 steps per execution', 1.5, 1.6),
    tfjsNode: contender('tfjs-node fit', 9, 8),
    minima: contender('Minima', 1.1, 1),
    ...changes,
  }
}

function missed(found: CaseResult): string[] {
  return barsOf(found)
    .filter(({ ok }) => !ok)
    .map(({ what }) => what)
}

describe('barsOf', () => {
  it('takes the minima of the rounds', () => {
    const values = barsOf(result('mlp-32')).map(({ value }) => value)
    expect(values).toEqual([1 / 3, 1 / 1.5, 1 / 8, 1 / 1.5, 1e-5, 1e-6, 100])
    expect(missed(result('mlp-32'))).toEqual([])
  })

  it('holds the other cases against the faster of the two ways of Keras only', () => {
    const slower = { kerasFit: contender('Keras fit', 1), minima: contender('Minima', 1.04) }
    expect(missed(result('cnn', slower))).toEqual([])
    expect(missed(result('cnn', { ...slower, minima: contender('Minima', 1.06) }))).toEqual([
      'cnn: step over that of Keras’s best, as in every case',
    ])
  })

  it('misses what could not be measured', () => {
    const untrained = {
      ...contender('Minima'),
      difference: null,
      stepsPerEpoch: null,
      problem: 'not measurable yet',
    }
    expect(missed(result('wide-deep', { minima: untrained }))).toHaveLength(3)
    expect(missed(result('mlp-32', { tfjsNode: null }))).toEqual([
      'mlp-32: step over that of tfjs-node fit',
      'mlp-32: loss of tfjs-node’s epoch, relative difference from Keras fit',
      'mlp-32: steps per epoch, of all alike',
    ])
  })

  it('misses when somebody had other losses, or took fewer steps', () => {
    const minima = {
      ...contender('Minima', 0.1),
      difference: { worstStep: 0.02, epoch: 0 },
      stepsPerEpoch: 99,
    }
    expect(missed(result('california', { minima }))).toEqual([
      'california: loss of any step, relative difference from Keras fit',
      'california: steps per epoch, of all alike',
    ])
    const notANumber = { ...contender('Minima', 0.1), difference: { worstStep: NaN, epoch: NaN } }
    expect(missed(result('california', { minima: notANumber }))).toHaveLength(1)
  })

  it('lets tfjs-node differ at single steps, not over an epoch', () => {
    const own = { ...contender('tfjs-node fit', 2), difference: { worstStep: 0.03, epoch: 6e-4 } }
    expect(missed(result('california', { tfjsNode: own }))).toEqual([])
    const other = { ...own, difference: { worstStep: 0.03, epoch: 0.01 } }
    expect(missed(result('california', { tfjsNode: other }))).toEqual([
      'california: loss of tfjs-node’s epoch, relative difference from Keras fit',
    ])
  })
})

describe('rowsOf', () => {
  it('has a row per peer, with no ratio where a side is missing', () => {
    const rows = rowsOf(result('cnn', { minima: contender('Minima') }))
    expect(rows.map(({ peer, minima, ratio }) => [peer?.name, minima, ratio])).toEqual([
      ['Keras fit', null, undefined],
      ['Keras, 50 steps per execution', null, undefined],
      ['tfjs-node fit', null, undefined],
    ])
  })
})
