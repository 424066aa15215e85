import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { experimentJsonSchema } from '../../src/contract/experiment/json-schema.ts'

const FILE = resolve('resources/experiment.schema.json')

/** To write it anew: npx vitest run --project unit test/contract/experiment-schema.test.ts -u */
it('is published as it is in the contract', async () => {
  await expect(`${JSON.stringify(experimentJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(FILE)
})

function objectsIn(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== 'object' || schema === null) return []
  const below = Object.values(schema).flatMap(objectsIn)
  const record = schema as Record<string, unknown>
  return record['type'] === 'object' && typeof record['properties'] === 'object' ? [record, ...below] : below
}

it('refuses unknown keys everywhere', () => {
  const objects = objectsIn(experimentJsonSchema())
  expect(objects.length).toBeGreaterThan(30)
  expect(objects.filter((object) => object['additionalProperties'] !== false)).toEqual([])
})
