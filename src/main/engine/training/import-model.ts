/** The file of a model as the part of an experiment file that is the same model. */
import { basename, relative } from 'node:path'
import { Document, isMap, isSeq, type Node } from 'yaml'
import type { ImportedModelText } from '../../../contract/model-files.ts'
import { importModel, type ImportedInput, type ImportedModel } from '../models/keras-file/import-model.ts'
import { readCompiled } from '../models/keras-file/read-compile-config.ts'
import { readModelFile } from '../models/keras-file/read-model-file.ts'
import { TAKES_TEXTS } from '../models/layer-kinds.ts'
import { MinimaError } from '../../../contract/errors.ts'

export interface ImportJob {
  readonly type: 'import'
  /** Absolute. */
  readonly file: string
  /** What the experiment will call the file relative to. */
  readonly baseDir: string
}

/** @throws MinimaError `not-found`, or `data-invalid` that names all that Minima does not have */
export async function importModelFile({ file, baseDir }: ImportJob): Promise<ImportedModelText> {
  const { model, compiled, writtenBy, isOld } = await readModelFile(file)
  if (model === null) {
    throw new MinimaError(
      'data-invalid',
      `it has weights alone, without the layers they are of; write the layers, and name it in model.initialWeights: ${file}`,
    )
  }
  const imported = importModel(model, file, isOld)
  const { fit, notes } = readCompiled(compiled, imported.outputs ?? [])
  const document = new Document({
    model: { ...modelSection(imported), initialWeights: { file: relative(baseDir, file) || '.' } },
    ...(fit !== null && { fit }),
  })
  flowBelow(document.contents, 0)
  document.commentBefore = [
    ` ${basename(file)}, written by ${writtenBy}: ${imported.layers.length} layers`,
    ...imported.inputs.map((input) => describeInput(input, imported)),
    ' Say in data, preprocess and split what it is to see; see docs/experiment-file.md',
    ...(fit === null ? [' Say in fit how it is to be trained, or with epochs: 0 only judged'] : []),
    ...notes.map((note) => ` Left out: ${note}`),
  ].join('\n')
  return { text: document.toString({ lineWidth: 118, flowCollectionPadding: true }), layers: imported.layers.length }
}

function describeInput({ name, shape }: ImportedInput, { layers }: ImportedModel): string {
  const takers = layers.filter(({ from }) => [from].flat().includes(name))
  if (takers.length > 0 && takers.every(({ type }) => TAKES_TEXTS.has(type as never))) {
    return ` ${name} takes texts: name its columns in data.text`
  }
  return ` ${name} takes ${shape === null ? 'rows of a shape that the file does not say' : `rows of [${shape.join(', ')}]`}`
}

function modelSection({ inputs, layers, outputs }: ImportedModel): Record<string, unknown> {
  const [input] = inputs
  const named = inputs.length === 1 && input?.name === 'input' ? null : inputs
  return {
    ...(named && { inputs: Object.fromEntries(named.map((of) => [of.name, columnsOf(of, inputs.length === 1)])) }),
    layers,
    ...(outputs && { outputs }),
  }
}

/** Of several inputs nobody but the user knows the columns: their number is shown. */
function columnsOf({ name, shape }: ImportedInput, isOnly: boolean): unknown {
  if (isOnly) return 'all'
  return Array.from({ length: shape?.[0] ?? 1 }, (_, index) => `${name}_${index + 1}`)
}

/** Sections stand one below the other, a layer or a setting is one line. */
function flowBelow(node: unknown, depth: number): void {
  if (!isMap(node) && !isSeq(node)) return
  if (depth >= 3 || (depth === 2 && isMap(node))) (node as Node & { flow?: boolean }).flow = true
  for (const item of node.items) flowBelow(isMap(node) ? (item as { value: unknown }).value : item, depth + 1)
}
