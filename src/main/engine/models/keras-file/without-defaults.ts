/** Settings as a person would write them: without what a schema fills in. */
import type { z } from 'zod'
import type { Mapping } from './keras-object.ts'

/** @param kept keys that stay whatever they say */
export function withoutDefaults(schema: z.ZodType, settings: Mapping, kept: readonly string[]): Mapping {
  const whole = meaning(schema, settings)
  let short = settings
  for (const key of Object.keys(settings)) {
    if (kept.includes(key)) continue
    const rest = Object.fromEntries(Object.entries(short).filter(([other]) => other !== key))
    if (meaning(schema, rest) === whole) short = rest
  }
  return short
}

/** What the schema makes of it, with keys in order; null: it refuses. */
function meaning(schema: z.ZodType, settings: Mapping): string | null {
  const parsed = schema.safeParse(settings)
  if (!parsed.success) return null
  return JSON.stringify(parsed.data, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
