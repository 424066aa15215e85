/** A rung of the ladder: one way to train, and what to know of it before and after loading it. */
import type { Tf } from '../../models/tf.ts'

export type BackendName = 'tensorflow' | 'wasm' | 'cpu'

/** A loaded backend, ready to train. */
export interface Runtime {
  readonly name: BackendName
  /** What computes, such as `CPU, TensorFlow 2.21.0`. */
  readonly device: string
  readonly tfjs: string
  readonly tf: Tf
}

export interface Backend {
  readonly name: BackendName
  readonly title: string
  /** About how many times slower than TensorFlow, compiled, it trains 784-300-100-10 at batch 32; null on TensorFlow itself. */
  readonly slowdown: number | null
  /** Null when it may work, else why it cannot and what would mend it. Cheap: looks at files, loads nothing. */
  obstacle(): string | null
  /** @throws what stood in the way. Call once per process. */
  load(): Promise<Runtime>
}
