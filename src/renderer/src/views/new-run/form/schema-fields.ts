/** From the JSON Schema of an experiment file to the fields of a form: what can be set, to what, and what it is otherwise. */

export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  /** `path`: of a file or folder. */
  readonly format?: string
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

export interface Field {
  /** Settings of a part are fields of their own: `train.features`. */
  readonly key: string
  /** `value`: anything, written as YAML. */
  readonly kind: 'number' | 'text' | 'path' | 'flag' | 'choice' | 'value'
  /** Of a choice all there are; of a value names that may be written there. */
  readonly choices: readonly string[]
  readonly isRequired: boolean
  readonly default: unknown
  readonly hint: string
}

/** One of the things that an entry with a `type` (or `source`) can be. */
export interface Variant {
  readonly type: string
  readonly hint: string
  readonly fields: readonly Field[]
}

/** The schema at a path of property names, arrays and unions left out: `fit.optimizer`. */
export function schemaAt(root: Schema, path: readonly string[]): Schema {
  return path.reduce<Schema>((schema, key) => resolve(root, schema).properties?.[key] ?? {}, root)
}

/** Variants of a union of objects, or of the entries of a list of such. */
export function variantsOf(root: Schema, schema: Schema, discriminator = 'type'): Variant[] {
  const plain = resolve(root, schema)
  if (plain.items) return variantsOf(root, plain.items, discriminator)
  const options = plain.oneOf ?? plain.anyOf ?? []
  return options.flatMap((option): Variant[] => {
    const inner = resolve(root, option)
    const type = inner.properties?.[discriminator]?.const
    if (typeof type !== 'string') return inner.oneOf || inner.anyOf ? variantsOf(root, inner, discriminator) : []
    return [{ type, hint: inner.description ?? '', fields: fieldsOf(root, inner, [discriminator]) }]
  })
}

/** Fields of the properties of an object, but for some. */
export function fieldsOf(root: Schema, schema: Schema, without: readonly string[] = []): Field[] {
  const { properties = {}, required = [] } = resolve(root, schema)
  return Object.entries(properties)
    .filter(([key]) => !without.includes(key))
    .flatMap(([key, property]): Field[] => {
      const isRequired = required.includes(key)
      const plain = resolve(root, property)
      if (plain.properties) {
        const parts = fieldsOf(root, plain)
        return parts.map((part) => ({ ...part, key: `${key}.${part.key}`, isRequired: isRequired && part.isRequired }))
      }
      const hint = property.description ?? plain.description ?? ''
      return [{ key, ...kindOf(root, property), isRequired, default: property.default, hint }]
    })
}

/** Where in its object the value of a field stands. */
export function pathOf({ key }: Pick<Field, 'key'>): string[] {
  return key.split('.')
}

export function valueOf(settings: Readonly<Record<string, unknown>>, field: Pick<Field, 'key'>): unknown {
  return pathOf(field).reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | null | undefined)?.[key],
    settings,
  )
}

/** Names that may stand for a value. */
export function namesIn(root: Schema, schema: Schema): string[] {
  const plain = resolve(root, schema)
  if (plain.enum) return plain.enum.filter((value) => typeof value === 'string')
  if (typeof plain.const === 'string') return [plain.const]
  if (plain.items) return namesIn(root, plain.items)
  const names = [...(plain.anyOf ?? []), ...(plain.oneOf ?? [])].flatMap((option) => namesIn(root, option))
  return [...new Set(names)]
}

function kindOf(root: Schema, schema: Schema): Pick<Field, 'kind' | 'choices'> {
  const plain = resolve(root, schema)
  if (plain.enum) return { kind: 'choice', choices: plain.enum.map(String) }
  const choices = plain.type === undefined ? namesIn(root, plain) : []
  if (plain.type === 'boolean') return { kind: 'flag', choices }
  if (plain.type === 'integer' || plain.type === 'number') return { kind: 'number', choices }
  if (plain.type === 'string') return { kind: plain.format === 'path' ? 'path' : 'text', choices }
  return { kind: 'value', choices }
}

function resolve(root: Schema, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : (root.$defs?.[name] ?? {})
}
