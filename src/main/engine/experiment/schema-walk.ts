/** Which keys an object of the experiment file may have, asked of its schema. */
import type { z } from 'zod'

/** The part of zod's definitions that this file reads. */
interface Definition {
  readonly type: string
  readonly innerType?: z.core.$ZodType
  readonly in?: z.core.$ZodType
  readonly options?: readonly z.core.$ZodType[]
  readonly discriminator?: string
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>
  readonly element?: z.core.$ZodType
  readonly items?: readonly z.core.$ZodType[]
  /** Of a literal. */
  readonly values?: readonly unknown[]
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def as unknown as Definition
}

/** Keys that the schema knows for the object at `path` of `value`; empty when there is no object. */
export function knownKeys(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const [at, here] = schemaAt(schema, value, path)
  const plain = at && plainSchema(at, here)
  return Object.keys((plain && definitionOf(plain).shape) ?? {})
}

/** The types that the object at `path` may have, such as those of layers; empty when it has none. */
export function knownTypes(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  const [at] = schemaAt(schema, value, path)
  const { options = [], discriminator } = at ? definitionOf(at) : {}
  if (discriminator === undefined) return []
  return options.flatMap((option) => literalsOf(definitionOf(option).shape?.[discriminator])).map(String)
}

function schemaAt(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly PropertyKey[],
): [schema: z.core.$ZodType | undefined, value: unknown] {
  const [key, ...rest] = path
  if (key === undefined) return [schema, value]
  const plain = plainSchema(schema, value)
  const child = plain && childOf(definitionOf(plain), key)
  if (child === undefined) return [undefined, undefined]
  return schemaAt(child, (value as Record<PropertyKey, unknown> | null | undefined)?.[key], rest)
}

function literalsOf(schema: z.core.$ZodType | undefined): readonly unknown[] {
  return (schema && definitionOf(schema).values) ?? []
}

function childOf(definition: Definition, key: PropertyKey): z.core.$ZodType | undefined {
  if (definition.items) return definition.items[Number(key)]
  return definition.element ?? definition.shape?.[String(key)]
}

/** Without defaults and the like; of a union the option that `value` was meant for. */
function plainSchema(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  const definition = definitionOf(schema)
  if (definition.innerType) return plainSchema(definition.innerType, value)
  if (definition.in) return plainSchema(definition.in, value)
  if (!definition.options) return schema
  return definition.options
    .map((option) => plainSchema(option, value))
    .find((option) => option !== undefined && fits(definitionOf(option), value, definition.discriminator))
}

function fits({ shape, element, items }: Definition, value: unknown, discriminator: string | undefined): boolean {
  if (Array.isArray(value)) return element !== undefined || items !== undefined
  if (typeof value !== 'object' || value === null) return false
  if (shape === undefined || discriminator === undefined) return shape !== undefined
  return literalsOf(shape[discriminator]).includes((value as Record<string, unknown>)[discriminator])
}
