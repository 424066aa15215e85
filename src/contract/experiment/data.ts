/** Where rows come from, how they are split and what is done to them before the model sees them. */
import { z } from 'zod'
import { expected, flag, naturalInt, oneOf, positive, positiveInt, text } from './expected.ts'

const path = text.min(1, expected('a path')).meta({ format: 'path' })
const dir = { dir: path.optional().describe('folder that the paths below are relative to; default: that of this file') }
const filePair = z.strictObject({ features: path, labels: path })
const arrayPair = z.strictObject({ features: text, labels: text })
const target = z.union([text, z.array(text).min(1)], expected('the name of a column, or a list of names'))
const classes = z.array(text).min(2).optional().describe('names of the classes in the order of their numbers')

const missingName = ['error', 'drop', 'mean', 'median', 'mode'] as const
const MISSING = 'error, drop, mean, median, mode, or {value: ...}'
const missingRule = z.union(
  [z.enum(missingName), z.strictObject({ value: z.union([z.number(), z.string()], expected('a number or text')) })],
  expected(MISSING),
)
const missing = z
  .union(
    [
      z.enum(missingName),
      z.strictObject({
        rule: missingRule.default('error'),
        columns: z.record(text, missingRule).optional(),
        flag: z.union([z.boolean(), z.array(text)], expected('true, false or a list of columns')).default(false),
        texts: z.array(text).optional().describe('of cells that hold nothing; default: empty, NA, NaN, null, ?'),
      }),
    ],
    expected('error, drop, mean, median, mode, or {rule, columns, flag, texts}'),
  )
  .optional()
  .describe(
    'what is done where a cell holds nothing: an error, the row dropped, or a value of the training rows put there',
  )
export type MissingSpec = NonNullable<z.infer<typeof missing>>

const MEMORY = expected('an amount such as 256MB or 2GB')
const memory = z
  .string(MEMORY)
  .regex(/^\d+(\.\d+)? ?(KB|MB|GB)$/, MEMORY)
  .optional()
  .describe('what rows may take; more are read from the disk while training. Default: 64MB')

const imageSize = z.tuple([positiveInt, positiveInt], expected('[height, width]'))
const colorMode = oneOf(['rgb', 'grayscale'])

const textColumns = z
  .array(text)
  .min(1)
  .optional()
  .describe('feature columns of texts, for layers that take texts: stringLookup, hashing, textVectorization')

const weightsColumn = text.optional().describe('a column that says how much a training row counts in the loss')

const tableFile = {
  ...dir,
  file: path,
  testFile: path.optional(),
  target: target.describe('what the model is to tell: a column, or several of numbers'),
  features: z.array(text).min(1).optional().describe('default: all columns but the target'),
  text: textColumns,
  weights: weightsColumn,
  classes,
  missing,
  memory,
}

export const data = z.discriminatedUnion(
  'source',
  [
    z
      .strictObject({ source: z.literal('idx'), ...dir, train: filePair, test: filePair.optional(), classes })
      .describe('IDX files as MNIST has them, plain or gzip'),
    z
      .strictObject({ source: z.literal('npy'), ...dir, train: filePair, test: filePair.optional(), classes })
      .describe('NumPy arrays, a file for each'),
    z
      .strictObject({
        source: z.literal('npz'),
        ...dir,
        file: path,
        train: arrayPair.default({ features: 'x_train', labels: 'y_train' }),
        test: arrayPair.optional(),
        classes,
      })
      .describe('arrays of a NumPy archive, by their names'),
    z
      .strictObject({
        source: z.literal('csv'),
        ...tableFile,
        delimiter: text.length(1, expected('one character')).optional().describe('default: found out'),
      })
      .describe('a CSV or TSV file with a header line, plain or gzip'),
    z
      .strictObject({ source: z.literal('jsonl'), ...tableFile })
      .describe('JSON lines, an object with the columns as keys on each, plain or gzip'),
    z.strictObject({ source: z.literal('parquet'), ...tableFile }).describe('a Parquet file'),
    z
      .strictObject({
        source: z.literal('images'),
        ...dir,
        folder: path.describe('has a folder with images for each class'),
        testFolder: path.optional(),
        imageSize: imageSize.default([256, 256]).describe('height and width that all are brought to'),
        colorMode: colorMode.default('rgb'),
        interpolation: oneOf(['bilinear', 'nearest']).default('bilinear'),
        classes,
      })
      .describe('folders of images (PNG, JPEG, GIF, WebP, TIFF, AVIF), one for each class'),
    z
      .strictObject({
        source: z.literal('sprite'),
        ...dir,
        file: path.describe('the image'),
        labels: path.describe('a byte for each picture, or a row of a 1 among 0, or IDX'),
        imageSize: imageSize.default([28, 28]).describe('height and width of a picture'),
        layout: oneOf(['rows', 'grid']).default('rows').describe('rows: each row of pixels is a picture'),
        colorMode: colorMode.default('grayscale'),
        classes,
      })
      .describe('one image that holds all pictures, and a file with their labels'),
    z
      .strictObject({
        source: z.literal('inline'),
        columns: z.array(text).min(2),
        rows: z.array(z.array(z.union([z.number(), z.string()], expected('a number or text')))).min(1),
        target,
        text: textColumns,
        weights: weightsColumn,
        classes,
        missing,
      })
      .describe('a few rows written here'),
  ],
  expected('data with a source of idx, npy, npz, csv, jsonl, parquet, images, sprite or inline'),
)
export type DataSpec = z.infer<typeof data>

export const preprocessStep = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('scale'), divideBy: positive }).describe('x / divideBy'),
    z
      .strictObject({ type: z.literal('minMax'), to: z.tuple([z.number(), z.number()]).default([0, 1]) })
      .describe('to a range, by the least and greatest of each feature in the training rows'),
    z
      .strictObject({ type: z.literal('standardize') })
      .describe("Keras's Normalization: (x - mean) / max(std, 1e-7), of each feature, over the training rows only"),
    z
      .strictObject({ type: z.literal('oneHot'), columns: z.array(text).min(1).optional() })
      .describe('the named feature columns, or the target when none is named'),
  ],
  expected('a step with a type of scale, minMax, standardize or oneHot'),
)
export type PreprocessStep = z.infer<typeof preprocessStep>

const SHARE = expected('a fraction in [0, 1), or a number of rows')
const share = z
  .number(SHARE)
  .refine((value) => value >= 0 && (value < 1 || Number.isInteger(value)), SHARE)
  .default(0)
  .meta({ minimum: 0 })

/**
 * Rows are [train | validation | test] in file order unless shuffled; `validation: 0.1` without shuffle takes the last
 * rows, as Keras's `validation_split` does (train = first floor(n × (1 − fraction))).
 */
export const split = z.strictObject({
  validation: share.describe('a fraction or a number of rows; without shuffle the last ones'),
  test: share.describe('a fraction or a number of rows, when there is no test file'),
  by: oneOf(['count', 'hash'])
    .default('count')
    .describe(
      'hash: what a row holds decides, so that rows of a file that grows stay in their parts; shares are then near',
    ),
  key: z
    .union([text, z.array(text).min(1)], expected('the name of a column, or a list of names'))
    .optional()
    .describe('columns that decide by hash, such as that of a person or a place; default: the whole row'),
  shuffle: flag.default(false).describe('before the rows are split'),
  stratify: flag.default(false).describe('same share of each class in each part; shuffles'),
  seed: naturalInt.default(0),
  rows: z
    .strictObject({ train: path, validation: path.optional(), test: path.optional() })
    .optional()
    .describe('files of row numbers, little-endian int32, counted from 0, instead of the shares above'),
})
export type SplitSpec = z.infer<typeof split>

export const backendChoice = oneOf(['auto', 'tensorflow', 'wasm', 'cpu'])
export type BackendChoice = z.infer<typeof backendChoice>
