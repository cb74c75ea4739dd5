import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Family, renderFamilies } from '@acceptbench/metrics/families';

export interface Exporter {
  /** Where it is: `http://127.0.0.1:9465/metrics`. */
  readonly url: string;
  /** How many scrapes it has answered. */
  readonly scrapes: number;
  close(): Promise<void>;
}

export interface ExporterOptions {
  /** An address, not a name. */
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** What to show, asked at each scrape; with how long the scraper waits, ms, where it says so as Prometheus does. */
  readonly families: (waitsMs: number | null) => readonly Family[] | Promise<readonly Family[]>;
}

/** A scraper has one connection, a second one while it is replaced; some are for people. */
const mostConnections = 32;
const requestTimeoutMs = 5_000;

/**
 * Serves GET /metrics, and nothing else.
 *
 * @throws what `listen` throws: the port is taken, the address is not this machine's
 */
export async function startExporter(options: ExporterOptions): Promise<Exporter> {
  let scrapes = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end('method not allowed\n');
      return;
    }
    if (url.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('try /metrics\n');
      return;
    }
    const waitsMs = Number(request.headers['x-prometheus-scrape-timeout-seconds']) * 1000;
    const families = await options.families(waitsMs > 0 ? waitsMs : null);
    const { contentType, text } = await renderFamilies(families, request.headers.accept);
    response.writeHead(200, { 'content-type': contentType }).end(method === 'HEAD' ? undefined : text);
    if (method === 'GET') scrapes += 1;
  };
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`);
    });
  });
  server.maxConnections = mostConnections;
  server.listen({ host: options.host, port: options.port, exclusive: true });
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`,
    get scrapes() {
      return scrapes;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
