/**
 * Kernels and gradients of tfjs on native TensorFlow that one TensorFlow op does where tfjs-node composes several: a step is
 * shorter op by op, and leaner compiled. What each replaces computes the same numbers.
 */
import type { NativeBackend } from '../../models/native-ops.ts'
import { nativeBackend, typeAttr } from '../../models/native-ops.ts'
import type { Tensor, Tf } from '../../models/tf.ts'

type KernelConfig = Parameters<Tf['registerKernel']>[0]
type GradConfig = Parameters<Tf['registerGradient']>[0]
type GradFunc = GradConfig['gradFunc']

interface KernelArgs {
  readonly inputs: Readonly<Record<string, Tensor>>
  readonly attrs: Readonly<Record<string, unknown>>
  readonly backend: NativeBackend
}

type Kernel = (args: KernelArgs) => Tensor

const BACKEND = 'tensorflow'

/** To be called once, after tfjs-node's own kernels and tfjs's gradients are there. */
export function installTensorflowKernels(tf: Tf): void {
  replaceKernel(tf, 'BatchMatMul', (theirs) => (args) => matMul(args) ?? theirs(args))
  replaceKernel(tf, 'Add', (theirs) => (args) => biasAdd(args) ?? theirs(args))
  replaceKernel(tf, 'ExpandDims', () => (args) => expandDims(tf, args))
  replaceKernel(tf, 'GatherV2', () => (args) => gather(tf, args))
  for (const [kernelName, gradient] of Object.entries(UNARY_GRADIENTS)) replaceUnaryGradient(tf, kernelName, gradient)
  replaceAddGradient(tf)
}

function replaceKernel(tf: Tf, kernelName: string, make: (theirs: Kernel) => Kernel): void {
  const theirs = tf.getKernel(kernelName, BACKEND)
  tf.unregisterKernel(kernelName, BACKEND)
  const kernelFunc = make(theirs.kernelFunc as unknown as Kernel) as unknown as KernelConfig['kernelFunc']
  tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc })
}

function one(native: NativeBackend, op: string, inputs: readonly Tensor[], attrs: Attr[] = []): Tensor {
  const types = [typeAttr(native, 'T', inputs[0]?.dtype as 'float32')]
  return native.executeMultipleOutputs(op, [...types, ...attrs], inputs, 1)[0] as Tensor
}

type Attr = Parameters<NativeBackend['executeMultipleOutputs']>[1][number]

function attrOf({ binding }: NativeBackend, type: 'BOOL' | 'FLOAT' | 'INT', name: string, value: unknown): Attr {
  return { name, type: binding[`TF_ATTR_${type}`] ?? 0, value }
}

/** Two matrices need no batch of them; null for anything else. */
function matMul({ inputs: { a, b }, attrs, backend }: KernelArgs): Tensor | null {
  if (a?.rank !== 2 || b?.rank !== 2) return null
  return one(
    backend,
    'MatMul',
    [a, b],
    [
      attrOf(backend, 'BOOL', 'transpose_a', attrs['transposeA']),
      attrOf(backend, 'BOOL', 'transpose_b', attrs['transposeB']),
    ],
  )
}

function isBias(a: Tensor | undefined, b: Tensor | undefined): boolean {
  if (a === undefined || b === undefined || b.rank !== 1 || a.rank < 2 || a.rank > 5) return false
  return a.shape.at(-1) === b.shape[0] && a.dtype === 'float32' && b.dtype === 'float32'
}

/** TensorFlow joins a BiasAdd with the product before it and the activation after it. */
function biasAdd({ inputs: { a, b }, backend }: KernelArgs): Tensor | null {
  return isBias(a, b) ? one(backend, 'BiasAdd', [a as Tensor, b as Tensor]) : null
}

/** tfjs-node leaves out the type that a graph needs to be told. */
function expandDims(tf: Tf, { inputs: { input }, attrs, backend }: KernelArgs): Tensor {
  const dim = tf.scalar(attrs['dim'] as number, 'int32')
  const expanded = one(backend, 'ExpandDims', [input as Tensor, dim], [typeAttr(backend, 'Tdim', 'int32')])
  dim.dispose()
  return expanded
}

/** tfjs-node reads all indices to check them before the op, which checks them itself. */
function gather(tf: Tf, { inputs: { x, indices }, attrs, backend }: KernelArgs): Tensor {
  const axis = tf.scalar(attrs['axis'] as number, 'int32')
  const types = [
    typeAttr(backend, 'Tparams', x?.dtype as 'float32'),
    typeAttr(backend, 'Tindices', 'int32'),
    typeAttr(backend, 'Taxis', 'int32'),
  ]
  const op = [attrOf(backend, 'INT', 'batch_dims', attrs['batchDims']), ...types]
  const gathered = backend.executeMultipleOutputs('GatherV2', op, [x as Tensor, indices as Tensor, axis], 1)[0]
  axis.dispose()
  return gathered as Tensor
}

type GradOf = Record<string, () => Tensor>

/** Of a kernel with one input: dy and the input and output of the forward pass. */
type UnaryGradient = (
  native: NativeBackend,
  dy: Tensor,
  x: Tensor,
  y: Tensor,
  attrs: Readonly<Record<string, unknown>>,
) => Tensor

/** Gradients that TensorFlow has an op for. */
const UNARY_GRADIENTS: Readonly<Record<string, UnaryGradient>> = {
  Relu: (native, dy, _x, y) => one(native, 'ReluGrad', [dy, y]),
  Relu6: (native, dy, _x, y) => one(native, 'Relu6Grad', [dy, y]),
  Sigmoid: (native, dy, _x, y) => one(native, 'SigmoidGrad', [y, dy]),
  Tanh: (native, dy, _x, y) => one(native, 'TanhGrad', [y, dy]),
  Selu: (native, dy, _x, y) => one(native, 'SeluGrad', [dy, y]),
  Softplus: (native, dy, x) => one(native, 'SoftplusGrad', [dy, x]),
  LeakyRelu: (native, dy, x, _y, attrs) =>
    one(native, 'LeakyReluGrad', [dy, x], [attrOf(native, 'FLOAT', 'alpha', attrs['alpha'])]),
}

/**
 * Gradients belong to all backends of a process at once: input and output are saved, and on another backend than TensorFlow
 * tfjs's own is given what it asked for.
 */
function replaceUnaryGradient(tf: Tf, kernelName: string, gradient: UnaryGradient): void {
  const theirs = tf.getGradient(kernelName)
  const gradFunc: GradFunc = (dy, saved, attrs) => {
    const native = nativeBackend(tf)
    const [x, y] = saved as [Tensor, Tensor]
    if (native === null) return theirs.gradFunc(dy, theirs.outputsToSave ? [y] : [x], attrs)
    return { x: () => gradient(native, dy as Tensor, x, y, attrs as Readonly<Record<string, unknown>>) }
  }
  tf.registerGradient({ kernelName, inputsToSave: ['x'], outputsToSave: [true], gradFunc })
}

/** The sum over rows by the op that is made for it. */
function replaceAddGradient(tf: Tf): void {
  const theirs = tf.getGradient('Add')
  const gradFunc: GradFunc = (dy, saved, attrs): GradOf => {
    const native = nativeBackend(tf)
    const [a, b] = saved
    if (native === null || !isBias(a, b)) return theirs.gradFunc(dy, saved, attrs) as GradOf
    return { a: () => tf.clone(dy as Tensor), b: () => one(native, 'BiasAddGrad', [dy as Tensor]) }
  }
  tf.registerGradient({ ...theirs, gradFunc })
}
