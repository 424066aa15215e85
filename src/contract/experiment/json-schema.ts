/** The experiment file as a JSON Schema, by which editors complete and check it. */
import { z } from 'zod'
import { experiment } from './experiment.ts'

export function experimentJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(experiment, { io: 'input', target: 'draft-2020-12' })
  return { $schema, title: 'Minima experiment', description: 'What to train on what data, and how.', ...schema }
}
