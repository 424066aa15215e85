/** A loaded graph: arrays in by placeholder, arrays out by node. */
import type { Binding } from './binding.ts'
import { DTYPE, type GraphNode, type Ref } from './graph.ts'
import { SERVE_TAG, withSavedModel } from './saved-model.ts'

export interface Feed {
  readonly name: string
  readonly shape: readonly number[]
  /** Must not change while the call lasts. */
  readonly values: Float32Array | Int32Array | Uint8Array
}

export interface Session {
  /** Outputs in the order of `fetches`, copied out of TensorFlow. @throws what TensorFlow said */
  run(feeds: readonly Feed[], fetches: readonly Ref[]): (Float32Array | Int32Array | Uint8Array)[]
  close(): void
}

export function openSession(binding: Binding, nodes: readonly GraphNode[]): Session {
  const id = withSavedModel(nodes, (dir) => binding.loadSavedModel(dir, SERVE_TAG))
  return {
    run(feeds, fetches) {
      const inputs = feeds.map(({ shape, values }) => binding.createTensor(shape, dtypeOf(values), values))
      try {
        const names = feeds.map(({ name }) => `${name}:0`).join(',')
        const outputs = binding.runSavedModel(id, inputs, names, fetches.map(withOutput).join(','))
        return outputs.map((output) => {
          const values = binding.tensorDataSync(output.id)
          binding.deleteTensor(output.id)
          return values
        })
      } finally {
        for (const input of inputs) binding.deleteTensor(input)
      }
    },
    close: () => binding.deleteSavedModel(id),
  }
}

function dtypeOf(values: Feed['values']): number {
  if (values instanceof Float32Array) return DTYPE.float32
  return values instanceof Int32Array ? DTYPE.int32 : DTYPE.uint8
}

function withOutput(ref: Ref): string {
  return ref.includes(':') ? ref : `${ref}:0`
}
