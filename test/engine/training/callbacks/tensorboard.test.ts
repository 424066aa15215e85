/** What the TensorBoard callback writes, read back octet by octet here and, where there is one, by TensorBoard's own reader. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crc32c, maskedCrc32c } from '../../../../src/main/engine/event-files/crc32c.ts'
import { trainLine } from './train-line.ts'

test('CRC-32C is the one of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
})

interface Read {
  readonly step: number
  readonly tag: string
  readonly plugin: string
  readonly dtype: number
  readonly shape: readonly number[]
  readonly content: Uint8Array
  readonly pluginData: Uint8Array
}

/** Fields of a message by number. */
function fieldsOf(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const found = new Map<number, (number | Uint8Array)[]>()
  const buffer = Buffer.from(bytes)
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = buffer[at++] ?? 0
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < buffer.length) {
    const key = varint()
    const type = key % 8
    let value: number | Uint8Array
    if (type === 0) value = varint()
    else if (type === 1) value = buffer.readDoubleLE((at += 8) - 8)
    else if (type === 5) value = buffer.readFloatLE((at += 4) - 4)
    else {
      const length = varint()
      value = buffer.subarray(at, (at += length))
    }
    const number = Math.floor(key / 8)
    found.set(number, [...(found.get(number) ?? []), value])
  }
  return found
}

const inner = (message: Map<number, (number | Uint8Array)[]>, number: number): Map<number, (number | Uint8Array)[]> =>
  fieldsOf((message.get(number)?.[0] ?? new Uint8Array()) as Uint8Array)
const textOf = (message: Map<number, (number | Uint8Array)[]>, number: number): string =>
  Buffer.from((message.get(number)?.[0] ?? '') as Uint8Array).toString()

function readValues(dir: string): Read[] {
  const [name = ''] = readdirSync(dir).filter((file) => file.startsWith('events.out.tfevents.'))
  const bytes = readFileSync(join(dir, name))
  const events: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at))
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)))
    const event = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(event))
    events.push(event)
    at += 16 + length
  }
  const [first = new Uint8Array(), ...others] = events
  expect(textOf(fieldsOf(first), 3)).toBe('brain.Event:2')
  return others.flatMap((bytes) => {
    const event = fieldsOf(bytes)
    return (inner(event, 5).get(1) ?? []).map((given): Read => {
      const value = fieldsOf(given as Uint8Array)
      const tensor = inner(value, 8)
      const plugin = inner(inner(value, 9), 1)
      const sizes = (inner(tensor, 2).get(2) ?? []).map((size) => fieldsOf(size as Uint8Array).get(1)?.[0] as number)
      const content = tensor.get(4)?.[0] ?? tensor.get(8)?.[0] ?? Float32Array.of((tensor.get(5)?.[0] ?? NaN) as number)
      return {
        step: (event.get(2)?.[0] ?? NaN) as number,
        tag: textOf(value, 1),
        plugin: textOf(plugin, 1),
        dtype: tensor.get(1)?.[0] as number,
        shape: sizes,
        content: content as Uint8Array,
        pluginData: (plugin.get(2)?.[0] ?? new Uint8Array()) as Uint8Array,
      }
    })
  })
}

/** TensorFlow.js numbers the weights of all models of a process. */
const tagsAt = (values: readonly Read[]): string[] =>
  values.map(({ tag, step }) => `${tag.replace(/(kernel|bias)_\d+/, '$1')} @ ${step}`)

test('figures of epochs and validations stand at the epoch, as Keras has them', async () => {
  const { dir, history } = await trainLine({ epochs: 2, callbacks: [{ type: 'tensorBoard', writeGraph: false }] })
  const trained = readValues(join(dir, 'logs/train'))
  expect(tagsAt(trained)).toEqual([
    'epoch_loss @ 0',
    'epoch_learning_rate @ 0',
    'epoch_loss @ 1',
    'epoch_learning_rate @ 1',
  ])
  expect(trained.map(({ plugin, dtype, shape }) => [plugin, dtype, shape.length])).toEqual(
    trained.map(() => ['scalars', 1, 0]),
  )
  const losses = trained.filter(({ tag }) => tag === 'epoch_loss').map(({ content }) => content[0])
  expect(losses).toEqual(history['loss']?.map(Math.fround))
  expect(tagsAt(readValues(join(dir, 'logs/validation')))).toEqual([
    'epoch_loss @ 0',
    'evaluation_loss_vs_iterations @ 3',
    'epoch_loss @ 1',
    'evaluation_loss_vs_iterations @ 6',
  ])
})

test('figures of batches come as often as they are asked for, whatever else is written', async () => {
  const { dir } = await trainLine({ epochs: 4, callbacks: [{ type: 'tensorBoard', updateFreq: 5, logDir: 'deep/er' }] })
  const batches = readValues(join(dir, 'deep/er/train')).filter(({ tag }) => tag === 'batch_loss')
  expect(tagsAt(batches)).toEqual(['batch_loss @ 5', 'batch_loss @ 10'])
})

test('weights are histograms of left, right and count; the graph is Keras’s; hparams are those of the run', async () => {
  const { dir } = await trainLine({ epochs: 3, callbacks: [{ type: 'tensorBoard', histogramFreq: 2 }] })
  const values = readValues(join(dir, 'logs/train'))
  const histograms = values.filter(({ plugin }) => plugin === 'histograms')
  expect(tagsAt(histograms)).toEqual([
    'out/kernel/histogram @ 0',
    'out/bias/histogram @ 0',
    'out/kernel/histogram @ 2',
    'out/bias/histogram @ 2',
  ])
  const [kernel] = histograms
  expect([kernel?.dtype, kernel?.shape]).toEqual([2, [64, 3]])
  const rows = new Float64Array(Uint8Array.from(kernel?.content ?? []).buffer)
  expect(Array.from({ length: 64 }, (_, row) => rows[3 * row + 2] ?? NaN).reduce((sum, count) => sum + count)).toBe(2)
  const graph = values.find(({ plugin }) => plugin === 'graph_keras_model')
  const architecture = JSON.parse(Buffer.from(graph?.content ?? []).toString()) as {
    class_name: string
    config: { layers: { class_name: string; config: { name: string } }[] }
  }
  expect(architecture.class_name).toBe('Sequential')
  expect(architecture.config.layers.map(({ class_name, config }) => [class_name, config.name])).toEqual([
    ['Dense', 'out'],
  ])
  const [start, end] = readValues(join(dir, 'logs'))
  const session = inner(fieldsOf(start?.pluginData ?? new Uint8Array()), 3)
  const hparams = (session.get(1) ?? []).map((entry) => textOf(fieldsOf(entry as Uint8Array), 1))
  expect(hparams).toEqual(expect.arrayContaining(['optimizer', 'learningRate', 'batchSize', 'layers']))
  expect(end?.tag).toBe('_hparams_/session_end_info')
})
