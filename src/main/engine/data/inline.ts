/** Rows that are written in the experiment file itself. */
import type { DataSpec } from '../../../contract/experiment/data.ts'
import { dataError } from './data-error.ts'
import type { Fail, RawTable, TableRequest } from './table-reader.ts'
import { MemorySink, rowEndOf, settingPathOf, TableReader } from './table-reader.ts'

type InlineSpec = Extract<DataSpec, { source: 'inline' }>

/** @throws MinimaError `data-invalid` */
export function readInline(spec: InlineSpec, request: TableRequest): RawTable {
  let setting: (string | number)[] = ['data', 'columns']
  const sink = new MemorySink(rowEndOf(request))
  const fail: Fail = (message, of) => dataError(message, of === undefined ? setting : settingPathOf(of))
  const reader = new TableReader(spec.columns, request, fail, sink)
  for (const [row, cells] of spec.rows.entries()) {
    setting = ['data', 'rows', row]
    reader.add(cells, () => `row ${row + 1}`)
  }
  return { ...reader.finish(), ...sink.finish() }
}
