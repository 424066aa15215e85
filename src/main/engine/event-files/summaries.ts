/**
 * Values of a summary as TensorFlow 2 writes them: each a tensor with the plugin that shows it (tensorflow/core/framework
 * summary.proto, tensor.proto; tensorboard/plugins).
 */
import { bytesField, doubleField, floatField, message, varintField, type Field } from './message.ts'

const FLOAT = 1
const DOUBLE = 2
const STRING = 7

const DATA_CLASS = { scalar: 1, tensor: 2 } as const

interface Plugin {
  readonly name: string
  readonly content?: Uint8Array | string
  readonly dataClass?: keyof typeof DATA_CLASS
}

export function scalarValue(tag: string, value: number): Uint8Array {
  return taggedValue(tag, { name: 'scalars', dataClass: 'scalar' }, tensor(FLOAT, [], floatField(5, value)))
}

/** @param edges one more than there are counts; both empty for values of which none was finite */
export function histogramValue(tag: string, edges: ArrayLike<number>, counts: ArrayLike<number>): Uint8Array {
  const rows = new Float64Array(3 * counts.length)
  for (let bucket = 0; bucket < counts.length; bucket++) {
    rows.set([edges[bucket] ?? NaN, edges[bucket + 1] ?? NaN, counts[bucket] ?? NaN], 3 * bucket)
  }
  const content = bytesField(4, new Uint8Array(rows.buffer))
  return taggedValue(tag, { name: 'histograms', dataClass: 'tensor' }, tensor(DOUBLE, [counts.length, 3], content))
}

/** The conceptual graph. @param json a model's architecture, as Keras's `to_json` gives it */
export function kerasModelValue(json: string): Uint8Array {
  return taggedValue('keras', { name: 'graph_keras_model', content: '1' }, tensor(STRING, [], bytesField(8, json)))
}

/** What a run was set to. @param startedAt seconds since the Unix epoch */
export function hparamsValue(
  hparams: Readonly<Record<string, string | number | boolean | null>>,
  group: string,
  startedAt: number,
): Uint8Array {
  const entries = Object.entries(hparams).flatMap(([name, value]) =>
    value === null ? [] : [bytesField(1, message(bytesField(1, name), bytesField(2, structValue(value))))],
  )
  const start = message(...entries, bytesField(4, group), doubleField(5, startedAt))
  return hparamsPlugin('_hparams_/session_start_info', bytesField(3, start))
}

/** @param endedAt seconds since the Unix epoch */
export function hparamsEndValue(endedAt: number): Uint8Array {
  const SUCCESS = 1
  return hparamsPlugin(
    '_hparams_/session_end_info',
    bytesField(4, message(varintField(1, SUCCESS), doubleField(2, endedAt))),
  )
}

function hparamsPlugin(tag: string, content: Field): Uint8Array {
  return taggedValue(
    tag,
    { name: 'hparams', content: message(content), dataClass: 'tensor' },
    tensor(FLOAT, [1], floatField(5, 0)),
  )
}

/** A google.protobuf.Value. */
function structValue(value: string | number | boolean): Uint8Array {
  if (typeof value === 'number') return message(doubleField(2, value))
  return typeof value === 'string' ? message(bytesField(3, value)) : message(varintField(4, value ? 1 : 0))
}

function taggedValue(tag: string, { name, content, dataClass }: Plugin, ofTensor: Uint8Array): Uint8Array {
  const plugin = message(bytesField(1, name), ...(content === undefined ? [] : [bytesField(2, content)]))
  const metadata = message(
    bytesField(1, plugin),
    ...(dataClass === undefined ? [] : [varintField(4, DATA_CLASS[dataClass])]),
  )
  return message(bytesField(1, tag), bytesField(8, ofTensor), bytesField(9, metadata))
}

function tensor(dtype: number, shape: readonly number[], content: Field): Uint8Array {
  const dimensions = shape.map((size) => bytesField(2, message(varintField(1, size))))
  return message(varintField(1, dtype), bytesField(2, message(...dimensions)), content)
}
