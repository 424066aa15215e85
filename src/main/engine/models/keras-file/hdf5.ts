/** HDF5 files in memory, by the HDF Group's library compiled to WebAssembly: groups, numbers and texts, which is all that Keras uses. */
import type { Dataset, Entity, File, Group } from 'h5wasm'
import { MinimaError } from '../../../../contract/errors.ts'

/** Numbers of one variable, row-major. */
export interface WeightValues {
  readonly shape: readonly number[]
  readonly values: Float32Array
  /** Kept as int64 in files: counts. */
  readonly isInteger?: boolean
}

export interface Hdf5Group {
  readonly attributes?: Readonly<Record<string, string>>
  readonly groups?: Readonly<Record<string, Hdf5Group>>
  readonly datasets?: readonly WeightValues[]
}

function damaged(message: string): MinimaError {
  return new MinimaError('data-invalid', message)
}

const SIGNATURE = '\x89HDF\r\n\x1a\n'
let files = 0

/** The library, once somebody needs it: it is large. */
async function library() {
  const { default: h5wasm } = await import('h5wasm')
  const { FS } = await h5wasm.ready
  return { h5wasm, FS }
}

/** Datasets of a group are called 0, 1, … */
export async function encodeHdf5(root: Hdf5Group): Promise<Uint8Array> {
  const { h5wasm, FS } = await library()
  const path = `/written-${files++}.h5`
  const file = new h5wasm.File(path, 'w')
  try {
    write(file, root)
  } finally {
    file.close()
  }
  const octets = FS.readFile(path)
  FS.unlink(path)
  return octets
}

function write(into: Group, { attributes = {}, groups = {}, datasets = [] }: Hdf5Group): void {
  for (const [name, value] of Object.entries(attributes)) into.create_attribute(name, value)
  for (const [index, { shape, values, isInteger = false }] of datasets.entries()) {
    const data = isInteger ? BigInt64Array.from(values, (value) => BigInt(value)) : values
    into.create_dataset({ name: String(index), data, shape: [...shape] })
  }
  for (const [name, group] of Object.entries(groups)) write(into.create_group(name), group)
}

/** A group of a file that is open. */
export interface OpenGroup {
  readonly name: string
  /** In the order of their numbers, where they are numbered. */
  groups(): readonly OpenGroup[]
  group(path: string): OpenGroup | null
  text(attribute: string): string | null
  texts(attribute: string): readonly string[]
  /** Datasets called 0, 1, … in their order. */
  numbered(): readonly WeightValues[]
  /** @throws MinimaError `data-invalid` when there is none */
  dataset(path: string): WeightValues
}

/** @throws MinimaError `data-invalid` when these octets are no HDF5 file */
export async function withHdf5<T>(octets: Uint8Array, source: string, use: (root: OpenGroup) => T): Promise<T> {
  if (Buffer.from(octets.subarray(0, 8)).toString('latin1') !== SIGNATURE) {
    throw damaged(`this is no HDF5 file: ${source}`)
  }
  const { h5wasm, FS } = await library()
  const path = `/read-${files++}.h5`
  FS.writeFile(path, octets)
  let file: File | null = null
  try {
    file = new h5wasm.File(path, 'r')
    return use(openGroup(file, '', source))
  } finally {
    file?.close()
    FS.unlink(path)
  }
}

function openGroup(group: Group, name: string, source: string): OpenGroup {
  const keys = group.keys()
  const child = (key: string): OpenGroup | null => {
    const found = keys.includes(key) ? group.get(key) : null
    return isA(found, 'Group') ? openGroup(found as Group, key, source) : null
  }
  const attribute = (key: string): unknown => (key in group.attrs ? group.attrs[key]?.value : null)
  const asText = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  return {
    name,
    groups: () => keys.flatMap((key) => child(key) ?? []),
    group(path) {
      const [first = '', ...rest] = path.split('/')
      const found = child(first)
      return rest.length === 0 ? found : (found?.group(rest.join('/')) ?? null)
    },
    text: (key) => asText(attribute(key)),
    texts(key) {
      const value = attribute(key)
      return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []
    },
    numbered() {
      const numbers = keys.filter((key) => /^\d+$/.test(key)).sort((one, other) => Number(one) - Number(other))
      return numbers.map((key) => this.dataset(key))
    },
    dataset(path) {
      const found = group.get(path)
      if (!isA(found, 'Dataset')) throw damaged(`there is no ${path} in ${group.path} of ${source}`)
      return valuesOf(found as Dataset, source)
    },
  }
}

function isA(found: Entity | null, type: 'Group' | 'Dataset'): boolean {
  return found !== null && 'type' in found && String(found.type) === type
}

function valuesOf(dataset: Dataset, source: string): WeightValues {
  const { value, shape } = dataset
  const numbers = typeof value === 'number' || typeof value === 'bigint' ? [value] : value
  if (numbers === null || !(Array.isArray(numbers) || ArrayBuffer.isView(numbers))) {
    throw damaged(`${dataset.path} holds no numbers: ${source}`)
  }
  return { shape: shape ?? [], values: Float32Array.from(numbers as Iterable<number | bigint>, Number) }
}
