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

/** Features that are numbers of texts. */
export interface TextFeatures {
  /** Texts by their numbers; of all text columns. */
  readonly texts: readonly string[]
  readonly features: ReadonlySet<number>
}

/** Everything the check of an experiment needs to know of its data. */
export interface DataShape {
  /** Shape of one row as the model gets it: [28, 28] for images, [8] for a table of 8 numbers. */
  readonly featureShape: readonly number[]
  /** Names of the columns after one-hot encoding; null for images. */
  readonly featureNames: readonly string[] | null
  readonly target: Target
  readonly texts?: TextFeatures
  /** Rows of the main file, and of the test file if there is one. */
  readonly rows: number
  readonly testFileRows: number | null
  /** Rows of each part after the split. */
  readonly parts: PartSizes
  /** The file is too large to be read for a look: rows, classes and categories are told from its beginning. */
  readonly estimated?: true
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
  /** How much each row counts in the loss; without it all count alike. */
  readonly weights?: Float32Array
}

/**
 * Rows that stay on the disk and are read as they are asked for: those of a file, or of a part of one. Rows that lie near
 * each other are best asked for together.
 */
export interface DiskRows {
  readonly rows: number
  readonly featureWidth: number
  readonly windows: RowWindows
  /** The features of a row, as a table in memory would have them. */
  readFeatures(row: number, out: Float32Array, to: number): void
  readLabels(row: number, out: Float32Array, to: number): void
  /** Whether rows count in the loss as a column says. */
  readonly isWeighted: boolean
  readWeight(row: number): number
}

/** Rows that do not fit into memory are shuffled so: blocks of rows in an order of chance, then the rows of several together. */
export interface RowWindows {
  readonly blockRows: number
  /** Blocks whose rows are shuffled together. */
  readonly windowBlocks: number
}

export function isOnDisk(table: Table | DiskRows): table is DiskRows {
  return 'readFeatures' in table
}

/** One part of the data: which rows of a table, and how they are turned into what the model sees. */
export interface Split {
  readonly rows: number
  readonly featureWidth: number
  /** Numbers per row of labels as gathered: classes when one-hot, else 1 or the number of target columns. */
  readonly labelWidth: number
  readonly table: Table | DiskRows
  /** Row numbers in the table, in the order of this part; null: all, in order, as always of rows on the disk. */
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
  /** What a person should know of how it is read, one line each. */
  readonly notices?: readonly string[]
}
