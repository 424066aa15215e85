import { describe, expect, it } from 'vitest'
import { experimentJsonSchema } from '../../../../src/contract/experiment/json-schema.ts'
import { LAYER_TYPES } from '../../../../src/contract/experiment/layers.ts'
import { OPTIMIZERS } from '../../../../src/contract/experiment/optimizer.ts'
import { problemsUnder } from '../../../../src/renderer/src/views/new-run/form/problems-under.ts'
import {
  fieldsOf,
  namesIn,
  schemaAt,
  variantsOf,
  type Schema,
} from '../../../../src/renderer/src/views/new-run/form/schema-fields.ts'

const schema = experimentJsonSchema() as Schema

describe('the form of an experiment file', () => {
  it('offers every layer, optimizer and source that the file can have', () => {
    expect(variantsOf(schema, schemaAt(schema, ['model', 'layers'])).map(({ type }) => type)).toEqual(LAYER_TYPES)
    expect(variantsOf(schema, schemaAt(schema, ['fit', 'optimizer'])).map(({ type }) => type)).toEqual(OPTIMIZERS)
    expect(variantsOf(schema, schemaAt(schema, ['data']), 'source').map(({ type }) => type)).toEqual(
      expect.arrayContaining(['idx', 'csv', 'inline']),
    )
  })

  it('knows of each setting what it can be and what it is otherwise', () => {
    const dense = variantsOf(schema, schemaAt(schema, ['model', 'layers'])).find(({ type }) => type === 'dense')
    expect(dense?.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'units', kind: 'number', isRequired: true }),
        expect.objectContaining({
          key: 'activation',
          default: 'linear',
          choices: expect.arrayContaining(['relu', 'softmax']),
        }),
        expect.objectContaining({ key: 'useBias', kind: 'flag', default: true }),
      ]),
    )
    const fit = fieldsOf(schema, schemaAt(schema, ['fit']), ['optimizer'])
    expect(fit.find(({ key }) => key === 'epochs')).toMatchObject({ kind: 'number', default: 1, isRequired: false })
    expect(fit.find(({ key }) => key === 'loss')).toMatchObject({ kind: 'value', isRequired: true })
    expect(fit.some(({ key }) => key === 'optimizer')).toBe(false)
    expect(namesIn(schema, schemaAt(schema, ['fit', 'metrics']))).toContain('accuracy')
  })
})

it('problems stand at the field that they are about', () => {
  const of = (path: string, message: string) => ({ path, message, line: 1, column: 1 })
  const problems = [
    of('model.layers[2].units', 'a'),
    of('model.layers[2] (dense "out")', 'b'),
    of('model.layers[20].units', 'c'),
    of('fit.metrics[0]', 'd'),
  ]
  expect(problemsUnder(problems, ['model', 'layers', 2])).toEqual({ units: 'a', '': 'b' })
  expect(problemsUnder(problems, ['fit'])).toEqual({ metrics: 'd' })
})
