/**
 * The engine's door: the page's files, the socket and the octets, on loopback only. Host is checked against DNS
 * rebinding, Origin against other sites, and all but the page's own files want the token.
 */
import { timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import type { Duplex } from 'node:stream'
import { SCALARS_PATH, SOCKET_PATH, SOCKET_PROTOCOL, TOKEN_PROTOCOL_PREFIX } from '../../../contract/engine-file.ts'
import { MinimaError, toErrorRecord } from '../../../contract/errors.ts'
import { WebSocketServer, type WebSocket } from 'ws'

export interface HttpServerOptions {
  readonly token: string
  /** Folder of the built page. */
  readonly pageDir: string
  /** 0 takes any free port. */
  readonly port: number
  readonly onSocket: (socket: WebSocket) => void
  /** What the shell, which speaks no WebSocket, asks: how many runs are live, and to stop them and end. */
  readonly health: () => { liveRuns: number }
  readonly shutdown: () => void
  /** Answers a scalar query (JSON, parsed) with octets. */
  readonly readScalars: (query: unknown) => Uint8Array
}

export interface HttpServer {
  readonly port: number
  close(): Promise<void>
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/
const CLOSE_GRACE_MS = 200
const BODY_LIMIT = 4 * 2 ** 20
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
}

export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => sendError(response, 500, error))
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: BODY_LIMIT,
    handleProtocols: () => SOCKET_PROTOCOL,
  })
  server.on('upgrade', (request, socket, head) => {
    const refused = refuse(request) ?? (socketToken(request, options.token) ? null : 401)
    if (refused || pathOf(request) !== SOCKET_PATH) return hangUp(socket, refused ?? 404)
    sockets.handleUpgrade(request, socket, head, options.onSocket)
  })
  await bind(server, options.port)
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    async close() {
      for (const socket of sockets.clients) socket.close(1001)
      server.closeAllConnections()
      // A peer that does not answer the close (a page that is gone) must not keep the engine, and so the workspace.
      const hurry = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), CLOSE_GRACE_MS)
      await new Promise((done) => server.close(done))
      clearTimeout(hurry)
    },
  }
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new MinimaError('bad-request', `port ${port} is taken; choose another with --port, or leave it out`)
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', done)
  })
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const refused = refuse(request)
  if (refused) return sendError(response, refused, new MinimaError('unauthorized', 'this page may not ask the engine'))
  const path = pathOf(request)
  if (request.method === 'GET' && path !== '/health') return sendFile(response, options.pageDir, path)
  if (!bearerToken(request, options.token)) {
    return sendError(response, 401, new MinimaError('unauthorized', 'the token is missing or wrong'))
  }
  if (path === '/health') return sendJson(response, 200, options.health())
  if (request.method === 'POST' && path === '/shutdown') {
    sendJson(response, 200, options.health())
    return options.shutdown()
  }
  if (request.method !== 'POST' || path !== SCALARS_PATH) {
    return sendError(response, 404, new MinimaError('not-found', `nothing at ${path}`))
  }
  try {
    const octets = options.readScalars(await readJson(request))
    response.writeHead(200, { ...HEADERS, 'content-type': 'application/octet-stream', 'cache-control': 'no-store' })
    response.end(octets)
  } catch (error) {
    sendError(response, error instanceof MinimaError ? 400 : 500, error)
  }
}

/** The status to refuse with, or null. A request without Origin comes from no page: the token alone decides. */
function refuse(request: IncomingMessage): number | null {
  const host = request.headers.host ?? ''
  if (!LOOPBACK.test(host)) return 403
  const { origin } = request.headers
  return origin === undefined || origin === `http://${host}` ? null : 403
}

function pathOf(request: IncomingMessage): string {
  return new URL(request.url ?? '/', 'http://localhost').pathname
}

function bearerToken(request: IncomingMessage, token: string): boolean {
  return sameToken((request.headers.authorization ?? '').replace(/^Bearer /, ''), token)
}

function socketToken(request: IncomingMessage, token: string): boolean {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  return offered.some(
    (protocol) =>
      protocol.startsWith(TOKEN_PROTOCOL_PREFIX) && sameToken(protocol.slice(TOKEN_PROTOCOL_PREFIX.length), token),
  )
}

function sameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_LIMIT) throw new MinimaError('bad-request', `a request of more than ${BODY_LIMIT} bytes`)
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString())
  } catch {
    throw new MinimaError('bad-request', 'the request is not JSON')
  }
}

async function sendFile(response: ServerResponse, pageDir: string, path: string): Promise<void> {
  const file = normalize(join(pageDir, path === '/' ? 'index.html' : decodeURIComponent(path)))
  const found = file.startsWith(normalize(pageDir) + sep) && (await stat(file).catch(() => null))?.isFile()
  if (!found) return sendError(response, 404, new MinimaError('not-found', `nothing at ${path}`))
  const hashed = path.startsWith('/assets/')
  response.writeHead(200, {
    ...HEADERS,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'cache-control': hashed ? 'max-age=31536000, immutable' : 'no-cache',
  })
  createReadStream(file).pipe(response)
}

function sendError(response: ServerResponse, status: number, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  sendJson(response, status, toErrorRecord(error))
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

function hangUp(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\n\r\n`)
}
