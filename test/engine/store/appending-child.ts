/** A process that appends until it is killed, and says after each append how many points it was told are safe. */
import { runId } from '../../../src/contract/terms.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'

const [dir = '', batchPoints = '7'] = process.argv.slice(2)
const store = openStore(dir, { chunkPoints: 64, fanOut: 4 })
const id = runId.parse('run-1')
store.runs.insert({ runId: id, name: 'killed', state: 'running', createdAt: 1000 })
const writer = store.writer(id)

for (let count = 0; ;) {
  const steps = Float64Array.from({ length: Number(batchPoints) }, (_, index) => count + index)
  const wallTimes = steps.map((step) => 1000 + step / 8)
  writer.append(['a', 'b'].map((tag) => ({ kind: 'scalars', tag, steps, wallTimes, values: steps.map(Math.sqrt) })))
  count += steps.length
  process.stdout.write(`${count}\n`)
}
