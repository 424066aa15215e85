/** Migrations: from every earlier version to the newest, each whole or not at all. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { DATABASE_FILE, openDatabase } from '../../../../src/main/engine/store/database.ts'
import { MIGRATIONS, migrate } from '../../../../src/main/engine/store/migrations/migrations.ts'
import { temporaryDir } from '../temporary-workspace.ts'

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0

function open(dir: string): Database.Database {
  const sqlite = new Database(join(dir, DATABASE_FILE))
  onTestFinished(() => void sqlite.close())
  return sqlite
}

function schemaOf(sqlite: Database.Database): unknown {
  return sqlite.prepare(`SELECT type, name, sql FROM sqlite_schema ORDER BY type, name`).all()
}

test('numbers ascend, by tens', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => 10 * (index + 1)))
})

test('a workspace of every earlier version becomes the same as a new one', () => {
  const fresh = open(temporaryDir())
  migrate(fresh)
  for (let known = 0; known <= MIGRATIONS.length; known++) {
    const sqlite = open(temporaryDir())
    migrate(sqlite, MIGRATIONS.slice(0, known))
    migrate(sqlite)
    expect([sqlite.pragma('user_version', { simple: true }), schemaOf(sqlite)]).toEqual([NEWEST, schemaOf(fresh)])
  }
})

test('one that fails leaves the workspace at the version before it', () => {
  const sqlite = open(temporaryDir())
  const failing = {
    version: 20,
    apply: () => {
      sqlite.exec('CREATE TABLE half (a)')
      throw new Error('no')
    },
  }
  expect(() => migrate(sqlite, [...MIGRATIONS.slice(0, 1), failing])).toThrow('no')
  expect([
    sqlite.pragma('user_version', { simple: true }),
    sqlite.prepare(`SELECT name FROM sqlite_schema WHERE name = 'half'`).all(),
  ]).toEqual([10, []])
})

test('a workspace of a later Minima is refused, and left as it is', () => {
  const dir = temporaryDir()
  openDatabase(dir).close()
  const sqlite = open(dir)
  sqlite.pragma(`user_version = ${NEWEST + 10}`)
  expect(() => openDatabase(dir)).toThrow(
    expect.objectContaining({
      code: 'workspace-newer',
      message: expect.stringMatching(/later Minima .* update Minima .*workspace\.db$/),
      details: { found: NEWEST + 10, newest: NEWEST },
    }),
  )
  expect(sqlite.pragma('user_version', { simple: true })).toBe(NEWEST + 10)
})
