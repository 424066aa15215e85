/** The layers of a model as Keras and TensorFlow.js write them, of whichever version: who takes what, in Minima's names. */
import { isMapping, type Mapping, type TellFault } from './keras-object.ts'
import { minimaName } from './minima-name.ts'

/** What a layer gives when it is called for the `call`th time; of an input the first. */
export interface Source {
  readonly layer: string
  readonly call: number
}

export interface TopologyLayer {
  readonly name: string
  readonly className: string
  readonly config: Mapping
  /** Where the class is from; null: older files do not say. */
  readonly module: string | null
  /** Under which it is registered, where it is somebody's own. */
  readonly registeredName: string | null
  /** What it is given at each call. */
  readonly calls: readonly (readonly Source[])[]
}

export interface Topology {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] | null }[]
  readonly layers: readonly TopologyLayer[]
  readonly outputs: readonly Source[]
}

const MODELS = ['Sequential', 'Functional', 'Model']

export function readTopology(model: Mapping, fault: TellFault): Topology {
  const className = String(model['class_name'])
  const { config } = model
  if (className === 'Sequential') {
    return sequential(isMapping(config) ? config : { layers: config }, fault)
  }
  if (MODELS.includes(className) && isMapping(config) && Array.isArray(config['layers'])) {
    return functional(config, fault)
  }
  fault(`the model is a ${className}, a class of somebody's own: only its weights could be used, layer by layer`)
  return { inputs: [], layers: [], outputs: [] }
}

/** @returns null, and a fault, for a model within the model */
function layerOf(given: Mapping, calls: TopologyLayer['calls'], fault: TellFault): TopologyLayer | null {
  const className = String(given['class_name'])
  const config = isMapping(given['config']) ? given['config'] : {}
  const name = minimaName(String(given['name'] ?? config['name']))
  if (MODELS.includes(className)) {
    fault(`${name} is a model within the model (${className}): give its layers one by one`)
    return null
  }
  const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  const [module, registeredName] = [textOf(given['module']), textOf(given['registered_name'])]
  return { name, className, config, module, registeredName, calls }
}

/** The batch left out. */
function rowShape(config: Mapping): (number | null)[] | null {
  const shape = config['batch_shape'] ?? config['batch_input_shape']
  return Array.isArray(shape) ? (shape.slice(1) as (number | null)[]) : null
}

function sequential(config: Mapping, fault: TellFault): Topology {
  const given = Array.isArray(config['layers']) ? config['layers'].filter(isMapping) : []
  const [first] = given
  const firstConfig = isMapping(first?.['config']) ? first['config'] : {}
  const shape = rowShape(firstConfig) ?? rowShape({ batch_shape: config['build_input_shape'] })
  const input = { name: 'input', shape }
  let before: Source = { layer: input.name, call: 0 }
  const layers = given.flatMap((entry) => {
    if (entry['class_name'] === 'InputLayer') return []
    const layer = layerOf(entry, [[before]], fault)
    if (layer) before = { layer: layer.name, call: 0 }
    return layer ?? []
  })
  return { inputs: [input], layers, outputs: [before] }
}

function functional(config: Mapping, fault: TellFault): Topology {
  const given = (config['layers'] as unknown[]).filter(isMapping)
  const shapes = new Map<string, (number | null)[] | null>()
  const layers = given.flatMap((entry): TopologyLayer[] => {
    const own = isMapping(entry['config']) ? entry['config'] : {}
    const name = String(entry['name'] ?? own['name'])
    if (entry['class_name'] === 'InputLayer') {
      shapes.set(minimaName(name), rowShape(own))
      return []
    }
    const nodes = Array.isArray(entry['inbound_nodes']) ? (entry['inbound_nodes'] as unknown[]) : []
    const calls = nodes.map((node) => sourcesOf(node, name, fault))
    const layer = layerOf(entry, calls, fault)
    return layer ? [layer] : []
  })
  return {
    inputs: historiesIn(config['input_layers']).map(({ layer }) => ({ name: layer, shape: shapes.get(layer) ?? null })),
    layers,
    outputs: historiesIn(config['output_layers']),
  }
}

/** All that a call is given: of Keras 3 tensors among arguments, of others lists of [layer, call, result, arguments]. */
function sourcesOf(node: unknown, name: string, fault: TellFault): Source[] {
  if (!isMapping(node)) return historiesIn(node)
  const sources = tensorsIn(node['args'])
  const named = tensorsIn(node['kwargs'])
  if (named.length > 0) fault(`${name} is called with a tensor by name, which Minima cannot say`)
  return sources
}

function tensorsIn(value: unknown): Source[] {
  if (Array.isArray(value)) return value.flatMap(tensorsIn)
  if (!isMapping(value)) return []
  if (value['class_name'] === '__keras_tensor__' && isMapping(value['config'])) {
    return historiesIn(value['config']['keras_history'])
  }
  return Object.values(value).flatMap(tensorsIn)
}

/** `[name, call, result]`, and all such in lists and mappings of them. */
function historiesIn(value: unknown): Source[] {
  if (isMapping(value)) return Object.values(value).flatMap(historiesIn)
  if (!Array.isArray(value)) return []
  const [name, call] = value as unknown[]
  if (typeof name === 'string' && typeof call === 'number') return [{ layer: minimaName(name), call }]
  return (value as unknown[]).flatMap(historiesIn)
}
