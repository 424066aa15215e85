/**
 * Writes a graph as a SavedModel, the one form in which tfjs-node's binding loads graphs, with the protobuf classes that
 * tfjs-node ships. Format: tensorflow/core/protobuf/saved_model.proto.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DTYPE, type AttrValue, type GraphNode, type Ref } from './graph.ts'

export const SERVE_TAG = 'serve'

/** Version of graph semantics (TensorFlow 2.9's): every later TensorFlow reads it. */
const GRAPH_PRODUCER = 1087

/** What this file uses of google-protobuf's generated classes. */
type Message = Record<string, (value?: unknown) => unknown> & {
  serializeBinary(): Uint8Array
  getAttrMap(): { set(name: string, value: Message): void }
}
type Tensorflow = Record<string, (new () => Message) & Record<string, new () => Message>>

function messages(): Tensorflow {
  return createRequire(import.meta.url)('@tensorflow/tfjs-node-gpu/dist/proto/api_pb') as Tensorflow
}

/** Hands a folder with the SavedModel to `use`, and deletes it afterwards. */
export function withSavedModel<T>(nodes: readonly GraphNode[], use: (dir: string) => T): T {
  const dir = mkdtempSync(join(tmpdir(), 'minima-graph-'))
  try {
    writeFileSync(join(dir, 'saved_model.pb'), encodeSavedModel(nodes))
    return use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What others call to be served: named tensors in, named tensors out. */
export interface Signature {
  readonly inputs: readonly SignatureTensor[]
  readonly outputs: readonly SignatureTensor[]
}

export interface SignatureTensor {
  readonly name: string
  readonly ref: Ref
  /** float32; -1: any size. */
  readonly shape: readonly number[]
}

/** @param signature of `serving_default`, if it has one */
export function encodeSavedModel(nodes: readonly GraphNode[], signature: Signature | null = null): Uint8Array {
  const pb = messages()
  const make = (Type: (new () => Message) | undefined, fields: Readonly<Record<string, unknown>>): Message => {
    if (Type === undefined) throw new Error('tfjs-node no longer ships its protobuf classes')
    const message = new Type()
    for (const [setter, value] of Object.entries(fields)) message[setter]?.(value)
    return message
  }
  const shape = (sizes: readonly number[]): Message =>
    make(pb['TensorShape'], { setDimList: sizes.map((size) => make(pb['TensorShape']?.['Dim'], { setSize: size })) })

  const attrFields = (value: AttrValue): Record<string, unknown> => {
    switch (value.kind) {
      case 'type':
        return { setType: value.value }
      case 'string':
        return { setS: Buffer.from(value.value, 'latin1') }
      case 'shape':
        return { setShape: shape(value.value) }
      case 'tensor':
        return {
          setTensor: make(pb['Tensor'], {
            setDtype: value.dtype,
            setTensorShape: shape(value.shape),
            setTensorContent: value.bytes,
          }),
        }
      default: {
        const letter = { int: 'I', float: 'F', bool: 'B' }[value.kind]
        if (!Array.isArray(value.value)) return { [`set${letter}`]: value.value }
        return { setList: make(pb['AttrValue']?.['ListValue'], { [`set${letter}List`]: value.value }) }
      }
    }
  }

  const encoded = nodes.map((node) => {
    const message = make(pb['NodeDef'], { setName: node.name, setOp: node.op, setInputList: [...node.inputs] })
    const attrs = message.getAttrMap()
    for (const [name, value] of Object.entries(node.attrs)) attrs.set(name, make(pb['AttrValue'], attrFields(value)))
    return message
  })
  const graph = make(pb['GraphDef'], {
    setNodeList: encoded,
    setVersions: make(pb['VersionDef'], { setProducer: GRAPH_PRODUCER }),
  })
  const info = make(pb['MetaGraphDef']?.['MetaInfoDef'], { setTagsList: [SERVE_TAG] })
  const meta = make(pb['MetaGraphDef'], { setMetaInfoDef: info, setGraphDef: graph })
  if (signature !== null) {
    const definition = make(pb['SignatureDef'], { setMethodName: 'tensorflow/serving/predict' })
    const put = (map: unknown, tensors: readonly SignatureTensor[]): void => {
      for (const { name, ref, shape: sizes } of tensors) {
        const told = make(pb['TensorInfo'], {
          setName: ref.includes(':') ? ref : `${ref}:0`,
          setDtype: DTYPE.float32,
          setTensorShape: shape(sizes),
        })
        ;(map as { set(name: string, value: Message): void }).set(name, told)
      }
    }
    put(definition['getInputsMap']?.(), signature.inputs)
    put(definition['getOutputsMap']?.(), signature.outputs)
    ;(meta['getSignatureDefMap']?.() as { set(name: string, value: Message): void }).set('serving_default', definition)
  }
  return make(pb['SavedModel'], { setSavedModelSchemaVersion: 1, setMetaGraphsList: [meta] }).serializeBinary()
}
