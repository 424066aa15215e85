/** What the page remembers, per workspace: any JSON by key. */
import type { WorkspaceDatabase } from './database.ts'

export interface Settings {
  /** @returns undefined when the key was never written. */
  read(key: string): unknown
  write(key: string, value: unknown): void
}

export function createSettings(database: WorkspaceDatabase): Settings {
  const select = database.sqlite.prepare<[string], string>('SELECT value FROM settings WHERE key = ?').pluck()
  const upsert = database.sqlite.prepare<[string, string]>(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    read(key) {
      const json = database.read(() => select.get(key))
      return json === undefined ? undefined : (JSON.parse(json) as unknown)
    },
    write(key, value) {
      database.write(() => upsert.run(key, JSON.stringify(value) ?? 'null'))
    },
  }
}
