/** Steps as one TensorFlow graph: many in a call, with data, weights and what the optimizer remembers in the session. */
import { totalmem } from 'node:os'
import type { OptimizerSpec } from '../../../../contract/experiment/optimizer.ts'
import type { Dataset, Split } from '../../data/dataset.ts'
import { rowRange } from '../../data/random.ts'
import type { Tensor, Variable } from '../../models/tf.ts'
import type { StepData } from '../eager-steps.ts'
import { backwardPass, countSums, forwardPass, type BatchTensors, type StepParts } from '../step-body.ts'
import type { BatchResults, EvaluatedPart, Steps } from '../steps.ts'
import type { WeightSnapshot } from '../weights.ts'
import type { TensorflowBackend } from './binding.ts'
import { compilePrograms, type Call, type ProgramInputs, type Programs, type ProgramSpec } from './program.ts'
import { createUpdateRecorder, type UpdateRecorder } from './record-update.ts'
import { columnsOf, handIn, residentBytes } from './resident-columns.ts'
import { MAX_STEPS } from './step-loop.ts'

/** Rows of a batch of an evaluation at most. */
const EVALUATION_ROWS = 1000
/** What the rows that are handed in to one call take at most. */
const HANDED_IN_BYTES = 32 * 2 ** 20

const PREDICTIONS = 'predictions'

type PartName = 'train' | EvaluatedPart

export interface CompileOptions {
  /** What all parts together may take in the session; by default a share of the machine's memory. */
  readonly residentBytes?: number
  /** Products in bfloat16. */
  readonly bfloat16?: boolean
}

/** @throws when the step cannot be compiled or run here, with the reason as the first line of its message */
export function createCompiledSteps(
  parts: StepParts,
  data: StepData,
  optimizer: OptimizerSpec,
  backend: TensorflowBackend,
  options: CompileOptions = {},
): Steps {
  const splits = splitsOf(data.parts)
  const needed = [...splits.values()].reduce((sum, split) => sum + residentBytes(split), 0)
  const resident = needed <= (options.residentBytes ?? Math.min(2 ** 31, totalmem() / 8))
  const update = createUpdateRecorder(parts.tf, optimizer, parts.optimizer)
  const weights = parts.model.weights.map((weight) => weight.read() as Variable)
  const slots = parts.optimizer.variables.flatMap((variable) => Object.values(variable.slots))
  const columns = [...splits].map(([name, split]) => {
    const shape = { features: parts.featureShape, weights: name === 'train' ? data.weights : null }
    return [name, columnsOf(split, shape, resident)] as const
  })
  const programs = compilePrograms(parts.tf, backend, {
    variables: [...weights, ...slots, ...update.scratch],
    parts: Object.fromEntries(columns),
    bfloat16: options.bfloat16 ?? false,
    programs: [...splits].flatMap(([name, split]) =>
      batchSizes(split.rows, rowsOfBatch(name, data)).map((rows) =>
        name === 'train' ? trainProgram(parts, update, rows) : evaluationProgram(parts, name, rows),
      ),
    ),
  })
  if (data.parts.train.rows >= data.batchSize) programs.prepare(programName('train', data.batchSize))
  const how = [
    options.bfloat16 ? 'compiled with products in bfloat16' : 'compiled',
    ...(resident
      ? []
      : [
          `rows are handed in call by call, as they ${needed === Infinity ? 'are on the disk' : 'do not fit into memory twice'}`,
        ]),
  ].join('; ')
  return new CompiledSteps({ how, parts, data, splits, resident, weights, slots, update, programs })
}

interface Compiled {
  readonly how: string
  readonly parts: StepParts
  readonly data: StepData
  readonly splits: ReadonlyMap<PartName, Split>
  readonly resident: boolean
  /** The first variables of the programs. */
  readonly weights: readonly Variable[]
  /** Those after the weights. */
  readonly slots: readonly Variable[]
  readonly update: UpdateRecorder
  readonly programs: Programs
}

class CompiledSteps implements Steps {
  readonly how: string
  readonly batchesPerCall: number
  readonly #compiled: Compiled
  #gradients = new Map<string, Float32Array>()

  constructor(compiled: Compiled) {
    this.#compiled = compiled
    const { resident, data } = compiled
    this.how = compiled.how
    const batchBytes = 4 * data.batchSize * (data.parts.train.featureWidth + data.parts.train.labelWidth)
    const fitting = Math.max(1, Math.floor(HANDED_IN_BYTES / batchBytes))
    this.batchesPerCall = resident ? MAX_STEPS : Math.min(MAX_STEPS, fitting)
  }

  train(rowNumbers: Int32Array, keepGradients: boolean): BatchResults {
    const { parts, data, update, programs } = this.#compiled
    const rows = Math.min(rowNumbers.length, data.batchSize)
    const call = this.#callOf(
      'train',
      rowNumbers,
      scalarRows(update, parts.optimizer.iteration, rowNumbers.length / rows),
    )
    // A shorter batch comes once an epoch: the graph of a single step will do, which can tell gradients too.
    const alone = keepGradients || rows < data.batchSize
    const name = programName('train', rows)
    const results = alone ? this.#trainAlone(name, call, keepGradients) : programs.run(name, call)
    const told = byResult(results, 1 + countSums(parts))
    parts.counter.step += told.losses.length
    parts.optimizer.iteration += told.losses.length
    return told
  }

  #trainAlone(name: string, call: Call, keepGradients: boolean): Float32Array {
    const { programs, parts } = this.#compiled
    const { results, extras } = programs.runOnce(name, call, keepGradients)
    if (keepGradients) {
      const { lossScale } = parts.optimizer.plan
      this.#gradients = new Map([...extras].map(([of, gradient]) => [of, scaledBy(1 / lossScale, gradient)]))
    }
    return results
  }

  readGradients(): ReadonlyMap<string, Float32Array> {
    return this.#gradients
  }

  readWeights(): ReadonlyMap<string, Float32Array> {
    const { programs, weights, parts } = this.#compiled
    const values = programs.read(weights.length)
    return new Map(
      parts.optimizer.variables.flatMap(({ name, variable }) => {
        const value = values[weights.indexOf(variable)]
        return value ? [[name, value]] : []
      }),
    )
  }

  evaluationRows(part: EvaluatedPart): number {
    return rowsOfBatch(part, this.#compiled.data)
  }

  evaluate(part: EvaluatedPart, rowNumbers: Int32Array): BatchResults {
    const rows = Math.min(rowNumbers.length, this.evaluationRows(part))
    const call = this.#callOf(part, rowNumbers, new Float32Array())
    const { programs, parts } = this.#compiled
    return byResult(programs.run(programName(part, rows), call), 1 + countSums(parts))
  }

  predict(part: EvaluatedPart, rowNumbers: Int32Array): Float32Array {
    const call = this.#callOf(part, rowNumbers, new Float32Array())
    const { extras } = this.#compiled.programs.runOnce(programName(part, rowNumbers.length), call, true)
    return extras.get(PREDICTIONS) ?? new Float32Array()
  }

  snapshot(step: number): WeightSnapshot {
    return { step, values: this.#compiled.programs.read(this.#compiled.weights.length) }
  }

  restore(snapshot: WeightSnapshot): void {
    this.#compiled.programs.write(snapshot.values)
    this.pull()
  }

  pull(): void {
    const { parts, programs, weights, slots } = this.#compiled
    const values = programs.read(weights.length + slots.length)
    parts.tf.tidy(() => {
      for (const [index, variable] of [...weights, ...slots].entries()) {
        variable.assign(parts.tf.tensor(values[index] ?? [], variable.shape) as never)
      }
    })
  }

  push(): void {
    const { programs, weights, slots } = this.#compiled
    programs.write([...weights, ...slots].map((variable) => variable.dataSync() as Float32Array))
  }

  close(): void {
    this.#compiled.programs.close()
    this.#compiled.parts.tf.dispose([...this.#compiled.update.scratch])
  }

  #callOf(part: PartName, rowNumbers: Int32Array, scalars: Float32Array): Call {
    const { parts, data, splits, resident } = this.#compiled
    const counter = parts.counter.step + 1
    if (resident) return { order: rowNumbers, scalars, counter }
    const split = splits.get(part)
    if (split === undefined) throw new Error(`there are no ${part} rows`)
    const rows = handIn(split, rowNumbers, part === 'train' ? data.weights : null)
    return { order: rowRange(rowNumbers.length), scalars, counter, rows }
  }
}

function splitsOf({ train, validation, test }: Dataset): Map<PartName, Split> {
  const splits = new Map<PartName, Split>([['train', train]])
  if (validation) splits.set('validation', validation)
  if (test) splits.set('test', test)
  return splits
}

function rowsOfBatch(part: PartName, { parts, batchSize }: StepData): number {
  if (part === 'train') return batchSize
  const rows = parts[part]?.rows ?? 1
  // The largest that leaves no shorter batch, which would want a graph of its own, unless all that do are small.
  for (let size = Math.min(rows, EVALUATION_ROWS); size >= EVALUATION_ROWS / 8; size--)
    if (rows % size === 0) return size
  return Math.min(rows, EVALUATION_ROWS)
}

/** Of the whole batches, and of the last one when it is shorter. */
function batchSizes(rows: number, batch: number): number[] {
  return [...(rows >= batch ? [batch] : []), ...(rows % batch > 0 ? [rows % batch] : [])]
}

function programName(part: PartName, rows: number): string {
  return `${part}_${rows}`
}

function trainProgram(parts: StepParts, update: UpdateRecorder, rows: number): ProgramSpec {
  const { optimizer, counter } = parts
  return {
    name: programName('train', rows),
    part: 'train',
    rows,
    scalars: Object.keys(update.scalarsOf(0)),
    body(inputs, recorder) {
      counter.traced = inputs.counter
      try {
        const { loss, sums, gradients } = backwardPass(parts, batchOf(inputs))
        update.record(recorder, gradients, inputs.scalars)
        const extras = optimizer.variables.flatMap(({ name }, index): [string, Tensor][] => {
          const gradient = gradients[index]
          return gradient ? [[name, gradient]] : []
        })
        return { results: [loss, ...sums], extras: Object.fromEntries(extras) }
      } finally {
        counter.traced = null
      }
    },
  }
}

function evaluationProgram(parts: StepParts, part: EvaluatedPart, rows: number): ProgramSpec {
  return {
    name: programName(part, rows),
    part,
    rows,
    scalars: [],
    body(inputs) {
      const { loss, sums, predictions } = forwardPass(parts, batchOf(inputs), false)
      return { results: [loss, ...sums], extras: { [PREDICTIONS]: predictions() } }
    },
  }
}

function batchOf({ columns: [features, labels, weights] }: ProgramInputs): BatchTensors {
  if (features === undefined || labels === undefined) throw new Error('a batch has features and labels')
  return { features, labels, weights: weights ?? null }
}

/** What each step is computed with, row by row. */
function scalarRows(update: UpdateRecorder, iteration: number, steps: number): Float32Array {
  const rows = Array.from({ length: steps }, (_, step) => Object.values(update.scalarsOf(iteration + step)))
  return Float32Array.from(rows.flat())
}

function scaledBy(factor: number, values: Float32Array): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor)
}

/** From rows of (loss, sums…) to columns. */
function byResult(rows: Float32Array, width: number): BatchResults {
  const column = (index: number): Float32Array =>
    Float32Array.from({ length: rows.length / width }, (_, row) => rows[row * width + index] ?? NaN)
  return { losses: column(0), sums: Array.from({ length: width - 1 }, (_, metric) => column(metric + 1)) }
}
