import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from './result.ts';

const HOST = '127.0.0.1';

/** Whether the service can do its work now. `facts` are shown as they are: no secrets. */
export interface Readiness {
  readonly isReady: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
}

export interface HttpServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly readiness: () => Readiness | Promise<Readiness>;
  /** The Prometheus text. */
  readonly metrics: () => string;
}

export interface HttpServer {
  readonly port: number;
  /** After it resolves no request is in work and the port is free. */
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Answers on 127.0.0.1 only: `/livez` (200 while the event loop turns), `/readyz` (200 or 503, with the facts as JSON)
 * and `/metrics`. Error: `PORT_IN_USE`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<Result<HttpServer, FleetbookError>> {
  // An import would also load what the module gives on demand, an HTTP client of its own: a third of a start.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer((request, response) => void respond(request, response, options));
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  const failure = await listen(server, options.port);
  if (failure !== undefined) {
    return fail(failure);
  }
  const address = server.address();
  return succeed({
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () => close(server),
  });
}

function listen(server: Server, port: number): Promise<FleetbookError | undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        resolve(fleetbookError('PORT_IN_USE', { port, host: HOST }));
      } else {
        reject(new Error(`cannot listen on ${HOST}:${port}`, { cause: error }));
      }
    });
    server.listen({ port, host: HOST, exclusive: true }, () => resolve(undefined));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  const answer = await answerTo(request, options);
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? '' : answer.body);
}

async function answerTo(request: IncomingMessage, options: HttpServerOptions): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return json(405, { error: 'only GET and HEAD are answered' });
  }
  try {
    switch (request.url?.split('?')[0]) {
      case '/livez':
        return json(200, { isAlive: true });
      case '/readyz':
        return readinessAnswer(await options.readiness());
      case '/metrics':
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: options.metrics() };
      default:
        return json(404, { paths: ['/livez', '/readyz', '/metrics'] });
    }
  } catch (thrown) {
    return json(500, { error: thrown instanceof Error ? thrown.message : 'unknown error' });
  }
}

function readinessAnswer(readiness: Readiness): Answer {
  return json(readiness.isReady ? 200 : 503, { isReady: readiness.isReady, ...readiness.facts });
}

function json(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}
