/** The layers of an experiment as a graph: what each takes, and which results are the model's. Knows no TensorFlow.js. */
import type { LayerEntry, LayerSpec } from '../../../contract/experiment/layers.ts'
import type { ModelSpec } from '../../../contract/experiment/model.ts'
import type { Shape } from './layer-kind.ts'
import { inputsTakenBy, layerNames } from './layer-kinds.ts'

export interface ModelGraph {
  readonly inputs: readonly GraphInput[]
  /** One for each entry of the file's list of layers, which is in an order in which they can be worked out. */
  readonly nodes: readonly GraphNode[]
  readonly outputs: readonly GraphOutput[]
  /** Whether each node takes what the one before gives, from one input to one output: what Keras calls Sequential. */
  readonly isChain: boolean
}

export interface GraphInput {
  readonly name: string
  /** Of one row. */
  readonly shape: Shape
  /** Which features of a row it takes; null: all, as they are. */
  readonly positions: readonly number[] | null
}

/** A result within the graph: that of an input, or of a node. */
export type GraphValue = { readonly input: number } | { readonly node: number }

export interface GraphNode {
  readonly name: string
  /** That of the shared layer, where it is applied once more. */
  readonly spec: LayerSpec
  /** The node whose layer and weights it has: its own number, but for a shared layer. */
  readonly owner: number
  readonly from: readonly GraphValue[]
}

export interface GraphOutput {
  readonly node: number
  /** Target columns that it is to tell; null: all. */
  readonly target: readonly string[] | null
}

/** What must be known of the data. */
export interface GraphData {
  readonly featureShape: Shape
  /** Names of the columns after one-hot encoding; null for images. */
  readonly featureNames: readonly string[] | null
}

export interface GraphFault {
  readonly at: readonly (string | number)[]
  readonly message: string
}

/** The graph is whole only when there are no faults. */
export interface ResolvedGraph {
  readonly graph: ModelGraph
  readonly faults: readonly GraphFault[]
}

export function resolveGraph(model: ModelSpec, data: GraphData): ResolvedGraph {
  const faults: GraphFault[] = []
  const fault = (at: readonly (string | number)[], message: string): void =>
    void faults.push({ at: ['model', ...at], message })
  const inputs = resolveInputs(model, data, fault)
  const names = layerNames(model.layers)
  const values = new Map<string, GraphValue>(inputs.map(({ name }, input) => [name, { input }]))
  const nodes: GraphNode[] = []
  for (const [index, entry] of model.layers.entries()) {
    const name = names[index] ?? entry.type
    const at = ['layers', index]
    if (inputs.some((input) => input.name === name))
      fault([...at, 'name'], `an input is called "${name}" already; names must differ`)
    const owner = ownerOf(entry, index, nodes, (message) => fault([...at, 'layer'], message))
    const spec = entry.type === 'shared' ? nodes[owner]?.spec : entry
    if (spec === undefined) continue
    const from = sourcesOf(entry, index, { values, names, inputs: inputs.length }, (message) =>
      fault([...at, 'from'], message),
    )
    const wrong = countFault(spec, from.length)
    if (wrong !== null) fault([...at, 'from'], wrong)
    nodes[index] = { name, spec, owner, from }
    values.set(name, { node: index })
  }
  const outputs = resolveOutputs(model, names, fault)
  const isChain =
    inputs.length === 1 &&
    outputs.length === 1 &&
    outputs[0]?.node === nodes.length - 1 &&
    nodes.every(({ from, owner }, index) => owner === index && from.length === 1 && isValueBefore(from[0], index))
  const graph = { inputs, nodes, outputs, isChain }
  if (faults.length === 0) for (const { at, message } of unusedIn(graph)) fault(at, message)
  return { graph, faults }
}

type Tell = (message: string) => void

/** Those that the file names, or one with all features. */
export function resolveInputs(
  { inputs = { input: 'all' } }: Pick<ModelSpec, 'inputs'>,
  { featureShape, featureNames }: GraphData,
  fault: (at: readonly (string | number)[], message: string) => void,
): GraphInput[] {
  return Object.entries(inputs).map(([name, columns]): GraphInput => {
    if (columns === 'all') return { name, shape: featureShape, positions: null }
    if (featureNames === null) {
      fault(['inputs', name], 'expected all: this data has no columns to choose from')
      return { name, shape: featureShape, positions: null }
    }
    const positions = columns.flatMap((column, index) => {
      const found = featureNames.flatMap((known, at) =>
        known === column || known.startsWith(`${column}=`) ? [at] : [],
      )
      if (found.length === 0) {
        fault(['inputs', name, index], `there is no feature column "${column}"; there are ${featureNames.join(', ')}`)
      }
      return found
    })
    return { name, shape: [positions.length], positions }
  })
}

function ownerOf(entry: LayerEntry, index: number, nodes: readonly GraphNode[], fault: Tell): number {
  if (entry.type !== 'shared') return index
  const named = nodes.findIndex((node) => node?.name === entry.layer)
  if (named < 0) fault(`there is no layer "${entry.layer}" above`)
  return nodes[named]?.owner ?? index
}

interface Scope {
  /** Results so far, by name. */
  readonly values: ReadonlyMap<string, GraphValue>
  readonly names: readonly string[]
  readonly inputs: number
}

function sourcesOf(entry: LayerEntry, index: number, { values, names, inputs }: Scope, fault: Tell): GraphValue[] {
  if (entry.from === undefined) {
    if (index > 0) return [{ node: index - 1 }]
    if (inputs > 1) fault(`missing; the model has several inputs, say which one: ${[...values.keys()].join(', ')}`)
    return [{ input: 0 }]
  }
  return [entry.from].flat().flatMap((name) => {
    const value = values.get(name)
    if (value) return [value]
    const below = names.includes(name)
    fault(
      below
        ? `"${name}" is not above this layer; a layer takes what stands before it in the list`
        : `there is no input or layer "${name}"; above are ${[...values.keys()].join(', ')}`,
    )
    return []
  })
}

function countFault(spec: LayerSpec, count: number): string | null {
  const takes = inputsTakenBy(spec)
  if (count === 0 || (takes === 'several' ? count > 1 : count === takes)) return null
  const wanted = takes === 'several' ? 'at least 2 inputs' : takes === 1 ? 'one input' : `${takes} inputs`
  const advice = takes === 1 ? '; put {type: concatenate} before it to join several' : ''
  return `${spec.type} takes ${wanted}, got ${count}${advice}`
}

function resolveOutputs(
  { outputs }: ModelSpec,
  names: readonly string[],
  fault: (at: readonly (string | number)[], message: string) => void,
): GraphOutput[] {
  if (outputs === undefined) return [{ node: names.length - 1, target: null }]
  const given = outputs.map((output) => (typeof output === 'string' ? { layer: output, target: null } : output))
  return given.flatMap(({ layer, target }, index) => {
    const node = names.indexOf(layer)
    if (node < 0) fault(['outputs', index], `there is no layer "${layer}"; there are ${names.join(', ')}`)
    else if (given.findIndex((other) => other.layer === layer) < index)
      fault(['outputs', index], `"${layer}" is there twice`)
    return node < 0 ? [] : [{ node, target: target === null ? null : [target].flat() }]
  })
}

function isValueBefore(value: GraphValue | undefined, index: number): boolean {
  if (value === undefined) return false
  return 'node' in value ? value.node === index - 1 : index === 0
}

/** Inputs and layers that lead to no output: nothing could train them. */
function unusedIn({ inputs, nodes, outputs }: ModelGraph): GraphFault[] {
  const usedInputs = new Set<number>()
  const usedNodes = new Set<number>()
  const use = (index: number): void => {
    if (usedNodes.has(index)) return
    usedNodes.add(index)
    for (const value of nodes[index]?.from ?? []) {
      if ('node' in value) use(value.node)
      else usedInputs.add(value.input)
    }
  }
  for (const { node } of outputs) use(node)
  return [
    ...inputs.flatMap(({ name }, input) =>
      usedInputs.has(input) ? [] : [{ at: ['inputs', name], message: 'leads to no output' }],
    ),
    ...nodes.flatMap((_, index) =>
      usedNodes.has(index)
        ? []
        : [{ at: ['layers', index], message: 'leads to no output; name it in model.outputs, or leave it out' }],
    ),
  ]
}

/** The node and all that it is worked out from, in their order. */
export function ancestry({ nodes }: ModelGraph, index: number): number[] {
  const found = new Set<number>()
  const visit = (node: number): void => {
    if (found.has(node)) return
    found.add(node)
    for (const value of nodes[node]?.from ?? []) if ('node' in value) visit(value.node)
  }
  visit(index)
  return [...found].sort((left, right) => left - right)
}
