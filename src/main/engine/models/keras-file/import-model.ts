/** From what a file says of a model to the model of an experiment. */
import { MinimaError } from '../../../../contract/errors.ts'
import { layer as layerSchema, type LayerSpec } from '../../../../contract/experiment/layers.ts'
import type { Mapping } from './keras-object.ts'
import { layerFromKeras } from './layer-config.ts'
import { readTopology, type Source, type Topology, type TopologyLayer } from './read-topology.ts'
import { withoutDefaults } from './without-defaults.ts'

export interface ImportedInput {
  readonly name: string
  /** Of a row; null: the file does not say. */
  readonly shape: readonly (number | null)[] | null
}

export interface ImportedModel {
  /** As in the experiment file, with what is Keras's default left out. */
  readonly layers: readonly Mapping[]
  /** null: the last one. */
  readonly outputs: readonly string[] | null
  readonly inputs: readonly ImportedInput[]
}

/** Places where Keras itself has its layers. */
const OWN_MODULES = /^(keras|tf_keras|tensorflow\.keras|keras\.src)\.layers(\.|$)/
const NO_CODE = 'it is code, which Minima never runs'

/** What meant something else before Keras 3, and still does in TensorFlow.js. */
const OTHER_BEFORE = '"hard_sigmoid"'

/**
 * @param isOld whether it is not of Keras 3
 * @throws MinimaError `data-invalid` that names all layers which Minima does not have
 */
export function importModel(model: Mapping, source: string, isOld = false): ImportedModel {
  const faults: string[] = []
  const topology = readTopology(model, (message) => void faults.push(message))
  for (const { name, config } of isOld ? topology.layers : []) {
    if (!JSON.stringify(config).includes(OTHER_BEFORE)) continue
    faults.push(`${name}: hard_sigmoid was max(0, min(1, 0.2 x + 0.5)) before Keras 3, whose own Minima has`)
  }
  const specs = new Map(topology.layers.map((layer) => [layer.name, specOf(layer, (fault) => void faults.push(fault))]))
  checkInputs(topology, faults)
  if (faults.length > 0) {
    throw new MinimaError('data-invalid', `Minima cannot say the model in ${source}:\n${faults.join('\n')}`)
  }
  return connect(topology, specs)
}

function specOf(layer: TopologyLayer, tell: (fault: string) => void): LayerSpec | null {
  const { name, className, config, module, registeredName } = layer
  if (className === 'Lambda') {
    tell(`${name} is a Lambda: ${NO_CODE}`)
    return null
  }
  if (registeredName?.includes('>')) {
    tell(`${name} is ${registeredName}, a class of somebody's own: ${NO_CODE}`)
    return null
  }
  if (module !== null && !OWN_MODULES.test(module)) {
    tell(`${name} is ${module}.${className}, none of Keras's layers: ${NO_CODE}`)
    return null
  }
  return layerFromKeras(className, config, name, (message) => tell(`${name}: ${message}`))
}

function checkInputs({ inputs }: Topology, faults: string[]): void {
  if (inputs.length < 2) return
  for (const { name, shape } of inputs) {
    if (shape?.length === 1) continue
    faults.push(
      `the input ${name} takes [${shape?.join(', ') ?? '?'}]; of several inputs each takes columns of a table`,
    )
  }
}

interface Call {
  readonly layer: string
  readonly call: number
  readonly name: string
  readonly entry: Mapping
  readonly sources: readonly Source[]
}

function connect(topology: Topology, specs: ReadonlyMap<string, LayerSpec | null>): ImportedModel {
  const taken = new Set(topology.layers.map(({ name }) => name))
  const inputs = topology.inputs.length === 1 ? renamed(topology.inputs, taken) : topology.inputs
  const calls = new Map<string, Call>()
  for (const { name, calls: given } of topology.layers) {
    for (const [call, sources] of given.entries()) {
      const own = call === 0 ? name : freeName(`${name}_again`, taken)
      taken.add(own)
      const entry = call === 0 ? plain(specs.get(name) as LayerSpec) : { type: 'shared', layer: name, name: own }
      calls.set(keyOf({ layer: name, call }), { layer: name, call, name: own, entry, sources })
    }
  }
  const inputOf = new Map(topology.inputs.map(({ name }, index) => [name, inputs[index]?.name ?? name]))
  const nameOf = (source: Source): string => inputOf.get(source.layer) ?? calls.get(keyOf(source))?.name ?? source.layer
  const ordered = inOrder([...calls.values()], inputOf, calls)
  const layers = ordered.map(({ entry, sources }, index): Mapping => {
    const from = sources.map(nameOf)
    const before = index === 0 ? (inputs.length === 1 ? inputs[0]?.name : undefined) : ordered[index - 1]?.name
    if (from.length === 1 && from[0] === before) return entry
    return { ...entry, from: from.length === 1 ? from[0] : from }
  })
  const outputs = topology.outputs.map(nameOf)
  const isLast = outputs.length === 1 && outputs[0] === ordered.at(-1)?.name
  return { layers, outputs: isLast ? null : outputs, inputs }
}

/** The one input is called as in every experiment that does not name its own. */
function renamed(inputs: Topology['inputs'], taken: ReadonlySet<string>): ImportedInput[] {
  return inputs.map((input) => ({ ...input, name: taken.has('input') ? freeName('features', taken) : 'input' }))
}

function keyOf({ layer, call }: Source): string {
  return `${call} ${layer}`
}

/** Each after all that it takes and after earlier calls of its layer, and else as they stand in the file. */
function inOrder(
  calls: readonly Call[],
  inputs: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, Call>,
): Call[] {
  const ordered: Call[] = []
  const done = new Set<Call>()
  const visit = (call: Call): void => {
    if (done.has(call)) return
    done.add(call)
    const earlier = known.get(keyOf({ ...call, call: call.call - 1 }))
    if (earlier) visit(earlier)
    for (const source of call.sources) {
      const of = inputs.has(source.layer) ? undefined : known.get(keyOf(source))
      if (of) visit(of)
    }
    ordered.push(call)
  }
  for (const call of calls) visit(call)
  return ordered
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`
  return name
}

function plain({ ...spec }: LayerSpec): Mapping {
  const given = spec.type === 'bidirectional' ? { ...spec, layer: plain(spec.layer) } : spec
  return withoutDefaults(layerSchema, given, ['type', 'name', 'layer'])
}
