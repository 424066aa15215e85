/**
 * Records a computation of tfjs as TensorFlow ops, by a binding put in the place of tfjs-node's own for as long as it lasts.
 * Every op of the native backend passes through `executeOp`; each is executed too, so that shapes are known and kernels
 * that look at them find them.
 */
import type { Tensor, Tf, Variable } from '../../models/tf.ts'
import type { Binding, OpAttr, TensorflowBackend, TensorMetadata } from './binding.ts'
import { DTYPE, type Attrs, type AttrValue, type ConstValue } from './graph.ts'
import { Untraceable, type Source, type Trace, type TracedConstant, type TracedOp } from './trace.ts'

/** What a computation under recording gives back. */
export interface Recorded {
  readonly results: readonly Tensor[]
  readonly extras?: Readonly<Record<string, Tensor>>
}

/** An op that changes variables in place, such as TensorFlow's fused optimizer ops. */
export interface InPlaceOp {
  readonly op: string
  readonly attrs: Attrs
  /** In the order of the op: variables stand for their handles, tensors for their values. */
  readonly inputs: readonly (Variable | Tensor)[]
}

export interface Recorder {
  /** Takes an op into the trace that is not executed now. */
  inPlace(op: InPlaceOp): void
  /** The value of a variable after the ops so far. */
  updated(variable: Variable): Tensor
}

export interface Recordable {
  readonly inputs: readonly Tensor[]
  readonly variables: readonly Variable[]
  run(recorder: Recorder): Recorded
}

/** Constants of at most this many bytes are kept once for all their uses. */
const SMALL = 256

/** @throws Untraceable; whatever `run` throws. Variables are as before when it returns. */
export function record(tf: Tf, backend: TensorflowBackend, what: Recordable): Trace {
  const native = backend.binding
  const recording = new Recording(native)
  const kept = what.variables.map((variable) => tf.clone(variable))
  try {
    const before = backend.getInputTensorIds(what.variables)
    recording.know(backend.getInputTensorIds(what.inputs), what.inputs, 'input')
    recording.know(before, what.variables, 'variable')
    backend.binding = recording.binding()
    tf.engine().startScope('record')
    try {
      const recorded = what.run(recording.recorder(backend, what.variables))
      const now = backend.getInputTensorIds(what.variables)
      const assigns = now.flatMap((id, variable) =>
        id === before[variable] ? [] : [{ variable, value: recording.sourceOf(id) }],
      )
      const results = backend.getInputTensorIds(recorded.results).map((id) => recording.sourceOf(id))
      const extras = Object.entries(recorded.extras ?? {}).map(
        ([name, tensor]) => [name, recording.sourceOf(backend.getInputTensorIds([tensor])[0] ?? -1)] as const,
      )
      return { ops: recording.ops, constants: recording.constants, results, extras: new Map(extras), assigns }
    } finally {
      tf.engine().endScope()
    }
  } finally {
    backend.binding = native
    for (const [index, variable] of what.variables.entries()) {
      variable.assign(kept[index] as Tensor)
      kept[index]?.dispose()
    }
  }
}

class Recording {
  readonly ops: TracedOp[] = []
  readonly constants: TracedConstant[] = []
  readonly #native: Binding
  readonly #sources = new Map<number, Source>()
  readonly #shapes = new Map<number, readonly number[]>()
  readonly #small = new Map<string, Source>()

  constructor(native: Binding) {
    this.#native = native
  }

  know(ids: readonly number[], tensors: readonly Tensor[], kind: 'input' | 'variable'): void {
    for (const [index, id] of ids.entries()) {
      this.#sources.set(id, { kind, index })
      this.#shapes.set(id, tensors[index]?.shape ?? [])
    }
  }

  /** A tensor that is neither handed in nor computed here was there before: its value is a constant. */
  sourceOf(id: number): Source {
    const known = this.#sources.get(id)
    if (known) return known
    const values = this.#native.tensorDataSync(id)
    // Executing Shape tells the shape of any tensor, whatever it is.
    const [shape] = this.#native.executeOp('Shape', this.#shapeAttrs(values), [id], 1)
    const sizes = shape ? Array.from(this.#native.tensorDataSync(shape.id)) : [values.length]
    if (shape) this.#native.deleteTensor(shape.id)
    return this.#constant(id, sizes, values)
  }

  /** The binding while it is recorded; constants of TensorFlow's are the native one's. */
  binding(): Binding {
    const override = (value: unknown): PropertyDescriptor => ({ value, enumerable: true })
    return Object.create(this.#native, {
      executeOp: override(this.#executeOp),
      createTensor: override(this.#createTensor),
      tensorDataSync: override(this.#tensorDataSync),
      deleteTensor: override((id: number) => this.#native.deleteTensor(id)),
    }) as Binding
  }

  recorder(backend: TensorflowBackend, variables: readonly Variable[]): Recorder {
    const placeOf = (variable: Variable): number => {
      const index = variables.indexOf(variable)
      if (index < 0) throw new Untraceable(`the variable ${variable.name} is not among those handed in`)
      return index
    }
    const isVariable = (tensor: Variable | Tensor): tensor is Variable => variables.includes(tensor as Variable)
    return {
      inPlace: ({ op, attrs, inputs }) => {
        const changes = inputs.filter(isVariable).map(placeOf)
        const sources = inputs.map((input): Source => {
          if (isVariable(input)) return { kind: 'handle', index: placeOf(input) }
          return this.sourceOf(backend.getInputTensorIds([input])[0] ?? -1)
        })
        this.ops.push({ op, attrs, inputs: sources, constant: false, dtypes: [], changes })
      },
      updated: (variable) => {
        const attrs = [{ name: 'T', type: this.#native.TF_ATTR_TYPE, value: DTYPE.float32 }]
        const [copy] = this.#native.executeOp('Identity', attrs, backend.getInputTensorIds([variable]), 1)
        if (!copy) throw new Untraceable('TensorFlow gave no copy of a variable')
        this.#sources.set(copy.id, { kind: 'updated', index: placeOf(variable) })
        this.#shapes.set(copy.id, copy.shape)
        return backend.createOutputTensor(copy)
      },
    }
  }

  #executeOp = (name: string, attrs: readonly OpAttr[], inputIds: readonly number[], outputs: number) => {
    const sources = inputIds.map((id) => this.sourceOf(id))
    const made = this.#native.executeOp(name, attrs, inputIds, outputs)
    const given = this.#withoutReshapes(name, inputIds, made)
    const index = given ? -1 : this.#append(name, attrs, sources, made)
    for (const [output, { id, shape }] of made.entries()) {
      this.#sources.set(id, given ?? { kind: 'op', index, output })
      this.#shapes.set(id, shape)
    }
    return made
  }

  #append(op: string, attrs: readonly OpAttr[], inputs: readonly Source[], made: readonly TensorMetadata[]): number {
    const dtypes = made.map(({ dtype }) => dtype)
    const constant = inputs.every((source) => this.#isConstant(source))
    this.ops.push({ op, attrs: attrsOf(this.#native, attrs), inputs, constant, dtypes, changes: [] })
    return this.ops.length - 1
  }

  /** A reshape to the shape that is there already does nothing. */
  #withoutReshapes(name: string, inputIds: readonly number[], made: readonly TensorMetadata[]): Source | null {
    const [input] = inputIds
    if (name !== 'Reshape' || input === undefined) return null
    const same = this.#shapes.get(input)?.join() === made[0]?.shape.join()
    return same ? this.sourceOf(input) : null
  }

  #isConstant(source: Source): boolean {
    if (source.kind === 'op') return this.ops[source.index]?.constant ?? false
    return source.kind === 'constant'
  }

  #createTensor = (shape: readonly number[], dtype: number, values: unknown): number => {
    const id = this.#native.createTensor(shape, dtype, values)
    if (ArrayBuffer.isView(values)) this.#constant(id, shape, values as ConstValue, dtype)
    else throw new Untraceable('it makes a tensor of text')
    return id
  }

  #constant(id: number, shape: readonly number[], values: ConstValue, dtype?: number): Source {
    const name = dtype === DTYPE.bool || values instanceof Uint8Array ? 'bool' : nameOf(values)
    const key = values.byteLength <= SMALL ? `${name} ${shape.join()} ${Array.from(values).join()}` : null
    let source = key === null ? undefined : this.#small.get(key)
    if (source === undefined) {
      this.constants.push({ dtype: name, shape: [...shape], values: values.slice() })
      source = { kind: 'constant', index: this.constants.length - 1 }
      if (key !== null) this.#small.set(key, source)
    }
    this.#sources.set(id, source)
    this.#shapes.set(id, [...shape])
    return source
  }

  #tensorDataSync = (id: number) => {
    if (!this.#isConstant(this.sourceOf(id))) {
      throw new Untraceable(`the value of ${this.#describe(this.sourceOf(id))} is read in the middle of the step`)
    }
    return this.#native.tensorDataSync(id)
  }

  #describe(source: Source): string {
    if (source.kind === 'op') return this.ops[source.index]?.op ?? 'an op'
    return source.kind === 'input' ? 'an input' : 'a variable'
  }

  #shapeAttrs(values: ConstValue): OpAttr[] {
    const type = this.#native.TF_ATTR_TYPE
    const dtype =
      values instanceof Float32Array ? DTYPE.float32 : values instanceof Int32Array ? DTYPE.int32 : DTYPE.bool
    return [
      { name: 'T', type, value: dtype },
      { name: 'out_type', type, value: DTYPE.int32 },
    ]
  }
}

function nameOf(values: ConstValue): 'float32' | 'int32' {
  return values instanceof Float32Array ? 'float32' : 'int32'
}

function attrsOf(binding: Binding, attrs: readonly OpAttr[]): Attrs {
  return Object.fromEntries(attrs.map(({ name, type, value }) => [name, attrValue(binding, name, type, value)]))
}

function attrValue(binding: Binding, name: string, type: number, value: unknown): AttrValue {
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return { kind: 'type', value: value as number }
    case binding.TF_ATTR_INT:
      return { kind: 'int', value: value as number | number[] }
    case binding.TF_ATTR_FLOAT:
      return { kind: 'float', value: value as number | number[] }
    case binding.TF_ATTR_BOOL:
      return { kind: 'bool', value: Boolean(value) }
    case binding.TF_ATTR_STRING:
      return { kind: 'string', value: value as string }
    case binding.TF_ATTR_SHAPE:
      return { kind: 'shape', value: value as number[] }
    default:
      throw new Untraceable(`the attribute ${name} is of a kind that is not known`)
  }
}
