import { mkdtempSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { MinimaError } from '../../../src/contract/errors.ts'
import { listen, type HttpServer } from '../../../src/main/engine/api/http-server.ts'

const TOKEN = 'a-token-of-this-test'
let server: HttpServer

beforeAll(async () => {
  const pageDir = mkdtempSync(join(tmpdir(), 'minima-page-'))
  writeFileSync(join(pageDir, 'index.html'), '<!doctype html>')
  writeFileSync(join(pageDir, '..', 'minima-secret.txt'), 'secret')
  server = await listen({
    token: TOKEN,
    pageDir,
    port: 0,
    onSocket: (socket) => socket.send('hello'),
    health: () => ({ liveRuns: 3 }),
    shutdown: () => undefined,
    readScalars(query) {
      if ((query as { bad?: boolean }).bad) throw new MinimaError('bad-request', 'columns: expected a number')
      return Uint8Array.of(1, 2, 3)
    },
  })
})
afterAll(() => server.close())

interface Call {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

function call({
  method = 'GET',
  path,
  headers = {},
  body,
}: Call): Promise<{ status: number; body: string; headers: object }> {
  return new Promise((done, fail) => {
    const outgoing = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      response.on('end', () => done({ status: response.statusCode ?? 0, body: text, headers: response.headers }))
    })
    outgoing.on('error', fail)
    outgoing.end(body)
  })
}

const authorized = { authorization: `Bearer ${TOKEN}` }

test('the page itself needs no token and forbids foreign scripts', async () => {
  const { status, body, headers } = await call({ path: '/' })
  expect([status, body]).toEqual([200, '<!doctype html>'])
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'; script-src 'self'"),
  })
})

test.each([
  ['no token', { path: '/health' }, 401],
  ['a wrong token', { path: '/health', headers: { authorization: 'Bearer nope' } }, 401],
  ['a foreign Host', { path: '/', headers: { host: 'evil.example' } }, 403],
  ['a Host that only begins like loopback', { path: '/', headers: { host: '127.0.0.1.evil.example' } }, 403],
  ['a foreign Origin', { path: '/health', headers: { ...authorized, origin: 'http://evil.example' } }, 403],
  ['an Origin of another port', { path: '/health', headers: { ...authorized, origin: 'http://127.0.0.1:1' } }, 403],
  ['a path out of the page', { path: '/../minima-secret.txt' }, 404],
  ['an encoded path out of the page', { path: '/%2e%2e%2fminima-secret.txt' }, 404],
  ['an unknown endpoint', { method: 'POST', path: '/bin/other', headers: authorized }, 404],
  ['octets without token', { method: 'POST', path: '/bin/scalars.read', body: '{}' }, 401],
] as const)('%s is refused', async (_what, given, status) => {
  expect((await call(given)).status).toBe(status)
})

test('with the token it answers health and octets, and says what was wrong with a query', async () => {
  expect(JSON.parse((await call({ path: '/health', headers: authorized })).body)).toEqual({ liveRuns: 3 })
  const scalars = { method: 'POST', path: '/bin/scalars.read', headers: authorized }
  expect((await call({ ...scalars, body: '{}' })).body).toBe('\u0001\u0002\u0003')
  const refused = await call({ ...scalars, body: '{"bad":true}' })
  expect([refused.status, JSON.parse(refused.body)]).toEqual([
    400,
    { code: 'bad-request', message: 'columns: expected a number' },
  ])
  expect((await call({ ...scalars, body: 'not json' })).status).toBe(400)
})

function openSocket(protocols: string[], headers: Record<string, string> = {}): Promise<string> {
  return new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, protocols, { headers })
    socket.on('message', (data) => {
      done(String(data))
      socket.close()
    })
    socket.on('unexpected-response', (_request, response) => done(`status ${response.statusCode}`))
    socket.on('error', () => done('refused'))
  })
}

test('the socket wants the token and the page that the engine served', async () => {
  const withToken = ['minima', `minima.token.${TOKEN}`]
  expect(await openSocket(withToken)).toBe('hello')
  expect(await openSocket(withToken, { origin: `http://127.0.0.1:${server.port}` })).toBe('hello')
  expect(await openSocket(['minima', 'minima.token.wrong'])).toBe('status 401')
  expect(await openSocket(['minima'])).toBe('status 401')
  expect(await openSocket(withToken, { origin: 'http://evil.example' })).toBe('status 403')
})
