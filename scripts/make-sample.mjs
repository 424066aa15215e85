/**
 * Draws the sample of Fashion-MNIST that ships in resources/data: 5,000 training and 1,000 test rows, as many of each
 * class, in the order of the files, always the same ones.
 *
 *   node_modules/.bin/node scripts/make-sample.mjs FOLDER
 *
 * FOLDER holds the four gzip IDX files as Zalando Research publishes them.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { createRandom, deriveSeed, shuffleInPlace } from '../src/main/engine/data/random.ts'

const SEED = 20170825
const CLASSES = 10
const OUT = resolve(import.meta.dirname, '../resources/data/fashion-mnist-sample')

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node_modules/.bin/node scripts/make-sample.mjs FOLDER')
  process.exit(1)
}

/** Row numbers, ascending, `perClass` of each class. */
function drawRows(labels, perClass, seed) {
  const drawn = Array.from({ length: CLASSES }, (_, label) => {
    const rows = Int32Array.from([...labels.keys()].filter((row) => labels[row] === label))
    shuffleInPlace(rows, createRandom(deriveSeed(seed, label)))
    return [...rows.subarray(0, perClass)]
  })
  return drawn.flat().sort((a, b) => a - b)
}

/** The given rows of an IDX file, as one. */
function takeRows(idx, rows) {
  const dimensions = idx[3]
  const header = Buffer.from(idx.subarray(0, 4 + 4 * dimensions))
  const size = (idx.length - header.length) / idx.readUInt32BE(4)
  header.writeUInt32BE(rows.length, 4)
  const data = rows.map((row) => idx.subarray(header.length + row * size, header.length + (row + 1) * size))
  return Buffer.concat([header, ...data])
}

mkdirSync(OUT, { recursive: true })
for (const [index, [part, perClass]] of [
  ['train', 500],
  ['t10k', 100],
].entries()) {
  const images = `${part}-images-idx3-ubyte.gz`
  const labels = `${part}-labels-idx1-ubyte.gz`
  const labelFile = gunzipSync(readFileSync(join(folder, labels)))
  const rows = drawRows(labelFile.subarray(8), perClass, SEED + index)
  for (const name of [images, labels]) {
    const sample = takeRows(gunzipSync(readFileSync(join(folder, name))), rows)
    writeFileSync(join(OUT, name), gzipSync(sample, { level: 9 }))
    console.log(`${name}: ${rows.length} rows`)
  }
}
