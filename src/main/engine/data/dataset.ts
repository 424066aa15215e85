/**
 * The shapes of data: what is known before it is loaded (`DataShape`) and what training draws batches from (`Dataset`).
 *
 * A row is one example. Features of all rows lie in one table, row-major, in the narrowest type they came in (images stay
 * uint8); what preprocessing does to them is one multiply and one add per feature, applied when a batch is gathered.
 */

export type FeatureArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** What a model is asked to tell. */
export type Target = ClassTarget | ValueTarget

export interface ClassTarget {
  readonly kind: 'classes'
  /** Names in the order of their numbers; null when the data has numbers only. */
  readonly classes: readonly string[] | null
  readonly count: number
  /** Labels are one-hot rows of `count` numbers; else one class number. */
  readonly oneHot: boolean
}

export interface ValueTarget {
  readonly kind: 'values'
  readonly names: readonly string[]
  /** Whether every value is 0 or 1. */
  readonly zeroOne: boolean
}

/** Everything the check of an experiment needs to know of its data. */
export interface DataShape {
  /** Shape of one row as the model gets it: [28, 28] for images, [8] for a table of 8 numbers. */
  readonly featureShape: readonly number[]
  /** Names of the columns after one-hot encoding; null for images. */
  readonly featureNames: readonly string[] | null
  readonly target: Target
  /** Rows of the main file, and of the test file if there is one. */
  readonly rows: number
  readonly testFileRows: number | null
  /** Rows of each part after the split. */
  readonly parts: PartSizes
}

export interface PartSizes {
  readonly train: number
  readonly validation: number
  readonly test: number
}

/** x × multiply + add, per feature, computed in float64; arrays of one element hold for all features. */
export interface Affine {
  readonly multiply: Float64Array
  readonly add: Float64Array
}

/** Rows of one file. Never changed after loading; parts share it. */
export interface Table {
  readonly rows: number
  /** Numbers per row. */
  readonly featureWidth: number
  /** rows × featureWidth. */
  readonly features: FeatureArray
  /** rows × (names of values), or one class number per row. */
  readonly labels: Float32Array
}

/** One part of the data: which rows of a table, and how they are turned into what the model sees. */
export interface Split {
  readonly rows: number
  readonly featureWidth: number
  /** Numbers per row of labels as gathered: classes when one-hot, else 1 or the number of target columns. */
  readonly labelWidth: number
  readonly table: Table
  /** Row numbers in the table, in the order of this part; null: all, in order. */
  readonly rowNumbers: Int32Array | null
  readonly affine: Affine | null
  /** What each of the 256 bytes becomes, when features are bytes and all treated alike; else null. */
  readonly ofByte: Float32Array | null
  /** Labels are gathered as one-hot rows. */
  readonly oneHot: boolean
}

export interface Dataset {
  readonly shape: DataShape
  readonly train: Split
  /** null when the part has no rows. */
  readonly validation: Split | null
  readonly test: Split | null
}
