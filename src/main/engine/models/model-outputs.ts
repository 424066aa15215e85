/** What is asked of each output of a model: its loss, how much that counts, its metrics, and which labels it is to tell. */
import type { Experiment } from '../../../contract/experiment/experiment.ts'
import { isLoss } from '../../../contract/experiment/fit.ts'
import type { Loss } from '../../../contract/experiment/losses.ts'
import type { Metric } from '../../../contract/experiment/metrics.ts'
import type { Target } from '../data/dataset.ts'
import type { GraphFault, ModelGraph } from './model-graph.ts'

export interface ModelOutput {
  /** That of its layer. */
  readonly name: string
  readonly node: number
  readonly loss: Loss
  readonly lossWeight: number
  readonly metrics: readonly Metric[]
  /** Judged with the weights of the rows. */
  readonly weightedMetrics: readonly Metric[]
  /** Which numbers of a row of labels it is to tell; null: all. */
  readonly labels: readonly number[] | null
  /** What it is to tell. */
  readonly target: Target
  /** Where the file says so. */
  readonly at: { readonly loss: readonly (string | number)[]; readonly metrics: readonly (string | number)[] }
}

export interface ResolvedOutputs {
  readonly outputs: readonly ModelOutput[]
  readonly faults: readonly GraphFault[]
}

/** An output by its name, and the target columns that it is to tell; null: all. */
export interface NamedOutput {
  readonly name: string
  /** Of the graph; -1: it has none. */
  readonly node: number
  readonly target: readonly string[] | null
}

export function outputsOfGraph({ outputs, nodes }: ModelGraph): NamedOutput[] {
  return outputs.map(({ node, target }) => ({ name: nodes[node]?.name ?? '', node, target }))
}

/** Settings may be given once for all outputs, in the order of the outputs, or by their names, as in Keras's `compile`. */
export function resolveOutputs({ fit }: Experiment, named: readonly NamedOutput[], target: Target): ResolvedOutputs {
  const faults: GraphFault[] = []
  const names = named.map(({ name }) => name)
  const fault = (at: readonly (string | number)[], message: string): void => void faults.push({ at, message })
  checkKeys('loss', isLoss(fit.loss) ? null : fit.loss, names, fault)
  checkKeys('lossWeights', fit.lossWeights ?? null, names, fault)
  for (const setting of ['metrics', 'weightedMetrics'] as const) {
    if (!Array.isArray(fit[setting])) checkKeys(setting, fit[setting], names, fault)
  }
  const outputs = named.flatMap((output, index): ModelOutput[] => {
    const { name } = output
    const loss = isLoss(fit.loss) ? fit.loss : ofOutput(fit.loss, name, index)
    if (loss === undefined) {
      if (faults.length === 0) fault(['fit', 'loss'], `missing; the output ${name} has no loss`)
      return []
    }
    return [
      {
        name,
        node: output.node,
        loss,
        lossWeight: (fit.lossWeights && ofOutput(fit.lossWeights, name, index)) ?? 1,
        metrics: metricsOf(fit.metrics, name),
        weightedMetrics: metricsOf(fit.weightedMetrics, name),
        ...told(output.target, target, (message) => fault(['model', 'outputs', index, 'target'], message)),
        at: {
          loss: isLoss(fit.loss) ? ['fit', 'loss'] : ['fit', 'loss', Array.isArray(fit.loss) ? index : name],
          metrics: Array.isArray(fit.metrics) ? ['fit', 'metrics'] : ['fit', 'metrics', name],
        },
      },
    ]
  })
  return { outputs, faults }
}

function metricsOf(given: Experiment['fit']['metrics'], name: string): readonly Metric[] {
  return Array.isArray(given) ? given : (given[name] ?? [])
}

type PerOutput<T> = readonly T[] | Readonly<Record<string, T>>

function ofOutput<T>(settings: PerOutput<T>, name: string, index: number): T | undefined {
  return Array.isArray(settings) ? (settings as readonly T[])[index] : (settings as Readonly<Record<string, T>>)[name]
}

function checkKeys(
  setting: string,
  given: PerOutput<unknown> | null,
  names: readonly string[],
  fault: (at: readonly (string | number)[], message: string) => void,
): void {
  if (given === null) return
  if (Array.isArray(given)) {
    if (given.length !== names.length) {
      fault(['fit', setting], `expected one for each output (${names.join(', ')}), got ${given.length}`)
    }
    return
  }
  for (const key of Object.keys(given)) {
    if (!names.includes(key)) fault(['fit', setting, key], `no output is called ${key}; there are ${names.join(', ')}`)
  }
}

function told(
  columns: readonly string[] | null,
  target: Target,
  fault: (message: string) => void,
): Pick<ModelOutput, 'labels' | 'target'> {
  if (columns === null) return { labels: null, target }
  if (target.kind === 'classes') {
    fault('the target holds classes and has no columns to choose from; leave it out')
    return { labels: null, target }
  }
  const unknown = columns.filter((column) => !target.names.includes(column))
  if (unknown.length > 0) fault(`there is no target column ${unknown.join(', ')}; there are ${target.names.join(', ')}`)
  const labels = columns.map((column) => target.names.indexOf(column))
  return { labels, target: { ...target, names: columns } }
}
