/** The experiment file as a TypeScript type, for editors: what the JSON Schema says, in TypeScript's words. */
import { experimentJsonSchema } from './json-schema.ts'

interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly description?: string
  readonly default?: unknown
}

/** A module that exports the type `ExperimentInput`. */
export function experimentTypeText(): string {
  const schema = experimentJsonSchema() as Schema
  const definitions = Object.entries(schema.$defs ?? {}).map(
    ([name, definition]) => `type ${definitionName(name)} = ${typeOf(definition, '')}\n`,
  )
  const head = '/** The experiment file, made from its schema by Minima. Not to be edited. */\n'
  return [head, ...definitions, `export type ExperimentInput = ${typeOf(schema, '')}\n`].join('\n')
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return definitionName(schema.$ref.replace('#/$defs/', ''))
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const options = schema.anyOf ?? schema.oneOf
  if (options) return [...new Set(options.map((option) => typeOf(option, indent)))].join(' | ')
  switch (schema.type) {
    case 'object':
      return objectType(schema, indent)
    case 'array':
      return arrayType(schema, indent)
    case 'integer':
      return 'number'
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return schema.type
    default:
      return 'unknown'
  }
}

function arrayType({ items, prefixItems }: Schema, indent: string): string {
  if (prefixItems) return `readonly [${prefixItems.map((item) => typeOf(item, indent)).join(', ')}]`
  return `readonly (${items ? typeOf(items, indent) : 'unknown'})[]`
}

function objectType({ properties, additionalProperties, required = [] }: Schema, indent: string): string {
  if (!properties) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'
    return `{ readonly [name: string]: ${value} }`
  }
  const inner = `${indent}  `
  const lines = Object.entries(properties).flatMap(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?'
    return [...comment(schema, inner), `${inner}readonly ${JSON.stringify(name)}${mark}: ${typeOf(schema, inner)}`]
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

function comment({ description, default: standard }: Schema, indent: string): string[] {
  const parts = [description, standard === undefined ? undefined : `default: ${JSON.stringify(standard)}`]
  const text = parts.filter((part) => part !== undefined).join('; ')
  return text === '' ? [] : [`${indent}/** ${text.replaceAll('*/', '*\\/')} */`]
}

function definitionName(name: string): string {
  return `Definition_${name.replace(/\W/g, '_')}`
}
