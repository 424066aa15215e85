/** The shell's own few words with the engine: how many runs are live, and asking it to end. Over plain HTTP, for Node 16. */
import { request } from 'node:http'
import type { EngineFile } from '../../contract/engine-file.ts'

export interface EngineHealth {
  readonly liveRuns: number
}

export function readHealth(engine: EngineFile): Promise<EngineHealth | null> {
  return call(engine, 'GET', '/health')
}

/** Stops and saves what trains, then ends the engine; resolves when it has begun to. */
export function stopEngine(engine: EngineFile): Promise<EngineHealth | null> {
  return call(engine, 'POST', '/shutdown')
}

function call(engine: EngineFile, method: string, path: string): Promise<EngineHealth | null> {
  return new Promise((done) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: engine.port,
        path,
        method,
        headers: { authorization: `Bearer ${engine.token}` },
        timeout: 2_000,
      },
      (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => done(response.statusCode === 200 ? (JSON.parse(body) as EngineHealth) : null))
      },
    )
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', () => done(null))
    outgoing.end()
  })
}
