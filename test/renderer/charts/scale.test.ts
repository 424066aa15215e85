import { expect, test } from 'vitest'
import { fromUnit, scaleAround, scaleExact, toUnit, type Scale } from '../../../src/renderer/src/charts/scale.ts'

const linear: Scale = { kind: 'linear', from: 10, to: 20 }
const log: Scale = { kind: 'log', from: 0.01, to: 100 }

test('places on a linear and on a log axis, and back', () => {
  expect([toUnit(linear, 15), toUnit(linear, 25), toUnit(log, 1)]).toEqual([0.5, 1.5, 0.5])
  expect([fromUnit(linear, 0.5), fromUnit(log, 0.25)]).toEqual([15, expect.closeTo(0.1, 12)])
})

test('a log axis has no place for zero and less', () => {
  expect([toUnit(log, 0), toUnit(log, -1)]).toEqual([NaN, NaN])
})

test('a scale has a little room around the data, but none below zero', () => {
  expect([
    scaleAround('linear', 10, 20),
    scaleAround('linear', 0.1, 10),
    scaleAround('linear', -1, 1),
    scaleAround('linear', 5, 5),
    scaleAround('linear', 0, 0),
  ]).toEqual([
    { kind: 'linear', from: 9.5, to: 20.5 },
    { kind: 'linear', from: 0, to: expect.closeTo(10.495, 9) },
    { kind: 'linear', from: -1.1, to: 1.1 },
    { kind: 'linear', from: 4.5, to: 5.5 },
    { kind: 'linear', from: 0, to: 1 },
  ])
  expect(scaleAround('log', 1, 1)).toEqual({ kind: 'log', from: 0.5, to: 2 })
})

test('an axis of one value is widened', () => {
  expect([scaleExact('linear', 3, 3), scaleExact('log', 3, 3), scaleExact('linear', 1, 2)]).toEqual([
    { kind: 'linear', from: 2.5, to: 3.5 },
    { kind: 'log', from: 1.5, to: 6 },
    { kind: 'linear', from: 1, to: 2 },
  ])
})
