import { describe, expect, it } from 'vitest'
import {
  insertEntry,
  moveEntry,
  parseValue,
  readFile,
  removeEntry,
  setSetting,
  showValue,
} from '../../../../src/renderer/src/views/new-run/form/file-edit.ts'

const TEXT = `# what it is
name: Iris # ours

model:
  layers:
    - { type: dense, units: 8 } # hidden
    - { type: dense, units: 3 }

fit:
  loss: huber
`

describe('a change in a file', () => {
  it('sets one value and leaves comments, order and all else as they were', () => {
    expect(setSetting(TEXT, ['model', 'layers', 0, 'units'], 16)).toBe(TEXT.replace('units: 8', 'units: 16'))
    expect(setSetting(TEXT, ['fit', 'loss'], 'meanSquaredError')).toBe(TEXT.replace('huber', 'meanSquaredError'))
  })

  it('adds what is not there yet, on one line, and takes it out again', () => {
    const added = setSetting(TEXT, ['fit', 'optimizer'], { type: 'sgd', learningRate: 0.1 })
    expect(added).toBe(`${TEXT}  optimizer: { type: sgd, learningRate: 0.1 }\n`)
    expect(setSetting(added, ['fit', 'optimizer'], undefined)).toBe(TEXT)
    expect(setSetting(TEXT, ['fit', 'metrics'], ['accuracy'])).toBe(`${TEXT}  metrics: [accuracy]\n`)
  })

  it('adds, moves and removes entries of a list with their comments', () => {
    const added = insertEntry(TEXT, ['model', 'layers'], 2, { type: 'flatten' })
    expect(readFile(added)).toMatchObject({ model: { layers: [{ units: 8 }, { units: 3 }, { type: 'flatten' }] } })
    expect(added).toContain('    - { type: flatten }\n')
    const moved = moveEntry(TEXT, ['model', 'layers'], 1, 0)
    expect(readFile(moved)).toMatchObject({ model: { layers: [{ units: 3 }, { units: 8 }] } })
    expect(moved).toContain('units: 8 } # hidden')
    expect(readFile(removeEntry(TEXT, ['model', 'layers'], 0))).toMatchObject({ model: { layers: [{ units: 3 }] } })
    expect(insertEntry(TEXT, ['preprocess'], 0, { type: 'standardize' })).toBe(
      `${TEXT}preprocess:\n  - { type: standardize }\n`,
    )
  })

  it('waits while the text is no YAML', () => {
    expect(readFile('a: [1')).toBeNull()
    expect(readFile('just words')).toBeNull()
  })
})

it.each([
  ['0.01', 0.01],
  ['relu', 'relu'],
  ['{type: huber, delta: 2}', { type: 'huber', delta: 2 }],
  ['[a, b c]', ['a', 'b c']],
  ['true', true],
])('a value is typed as %s', (typed, value) => {
  expect(parseValue(typed)).toEqual(value)
  expect(parseValue(showValue(value))).toEqual(value)
})

it('says that a value is no YAML, and that nothing is nothing', () => {
  expect(() => parseValue('[a')).toThrow()
  expect(parseValue(' ')).toBeUndefined()
  expect(showValue({ note: 'a: b' })).toBe('{note: "a: b"}')
})
