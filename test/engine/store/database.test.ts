/** A workspace that cannot be used is told in a sentence that says what to do, and loses nothing. */
import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DATABASE_FILE, openDatabase } from '../../../src/main/engine/store/database.ts'
import { openStore } from '../../../src/main/engine/store/store.ts'
import { toWorkspaceError } from '../../../src/main/engine/store/workspace-error.ts'
import { RUN, insertRun, temporaryDir } from './temporary-workspace.ts'

const unusable = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'workspace-unusable', message: expect.stringMatching(message) })

test('folder and file are made, with a write-ahead log', () => {
  const dir = join(temporaryDir(), 'a', 'b')
  const { sqlite, close } = openDatabase(dir)
  onTestFinished(close)
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'page_size']
  expect(pragmas.map((name) => sqlite.pragma(name, { simple: true }))).toEqual(['wal', 1, 1, 8192])
})

test('a file that is no database', () => {
  const dir = temporaryDir()
  writeFileSync(join(dir, DATABASE_FILE), 'not a database, but long enough to be taken for one '.repeat(100))
  expect(() => openDatabase(dir)).toThrow(unusable(/is damaged; put back a copy .*workspace\.db$/))
  expect(readFileSync(join(dir, DATABASE_FILE), 'utf8')).toContain('not a database')
})

test('a database that was cut off', () => {
  const dir = temporaryDir()
  openStore(dir).close()
  truncateSync(join(dir, DATABASE_FILE), 3 * 8192)
  expect(() => {
    const store = openStore(dir)
    onTestFinished(() => store.close())
    insertRun(store)
    store.listSeries(RUN)
  }).toThrow(unusable(/is damaged; put back a copy/))
})

test('a folder where the file should be', () => {
  const dir = temporaryDir()
  mkdirSync(join(dir, DATABASE_FILE))
  expect(() => openDatabase(dir)).toThrow(unusable(/cannot be opened; .*workspace\.db$/))
})

test('a file where the folder should be', () => {
  const path = join(temporaryDir(), 'file')
  writeFileSync(path, '')
  expect(() => openDatabase(path)).toThrow(unusable(/cannot be opened/))
})

test('a folder that may only be read', ({ skip }) => {
  skip(process.getuid?.() === 0, 'root may write anywhere')
  const dir = temporaryDir()
  openDatabase(dir).close()
  chmodSync(join(dir, DATABASE_FILE), 0o400)
  chmodSync(dir, 0o500)
  onTestFinished(() => chmodSync(dir, 0o700))
  expect(() => openDatabase(dir)).toThrow(unusable(/cannot be (written|opened); .*workspace\.db$/))
})

test('a database that may only be read', () => {
  const { sqlite, write, close } = openDatabase(temporaryDir())
  onTestFinished(close)
  sqlite.pragma('query_only = ON')
  expect(() => write(() => sqlite.exec(`INSERT INTO settings VALUES ('a', '1')`))).toThrow(
    unusable(/cannot be written; make the folder .*workspace\.db$/),
  )
})

test('a full disk: nothing of the transaction is kept, and the next goes well once there is room', () => {
  const { sqlite, write, close } = openDatabase(temporaryDir())
  onTestFinished(close)
  const setting = sqlite.prepare('INSERT INTO settings VALUES (?, ?)')
  const fill = (): unknown =>
    write(() => ['small', 'x'.repeat(100_000)].forEach((value, index) => setting.run(`key ${index}`, value)))
  sqlite.pragma(`max_page_count = ${sqlite.pragma('page_count', { simple: true }) as number}`)
  expect(fill).toThrow(unusable(/the disk is full; free some space .*workspace\.db$/))
  const count = sqlite.prepare('SELECT count(*) FROM settings').pluck()
  expect(count.get()).toBe(0)
  sqlite.pragma('max_page_count = 1000000')
  fill()
  expect(count.get()).toBe(2)
})

test.each([
  ['SQLITE_IOERR_WRITE', 'workspace-unusable', 'the disk failed to read or write'],
  ['SQLITE_READONLY_DIRECTORY', 'workspace-unusable', 'cannot be written'],
  ['SQLITE_CORRUPT_VTAB', 'workspace-unusable', 'is damaged'],
  ['SQLITE_BUSY_SNAPSHOT', 'workspace-busy', 'another program'],
  ['EACCES', 'workspace-unusable', 'cannot be written'],
  ['ENOSPC', 'workspace-unusable', 'the disk is full'],
])('%s becomes %s', (code, expected, message) => {
  const cause = Object.assign(new Error('as the system says it'), { code })
  expect(toWorkspaceError(cause, '/a/workspace.db')).toMatchObject({
    code: expected,
    message: expect.stringMatching(new RegExp(`${message}.*: /a/workspace.db$`)),
    details: { cause: `${code}: as the system says it` },
  })
})

test('a fault of the program is not told as one of the disk', () => {
  const fault = new TypeError('undefined is not a function')
  expect(toWorkspaceError(fault, '/a')).toBe(fault)
})
