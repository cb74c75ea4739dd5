import { connect, type Socket } from 'node:net';
import { until, within } from './waiting.ts';

/** A reply as it came over the wire. */
export interface RawReply {
  readonly status: number;
  /** `HTTP/1.1` */
  readonly protocol: string;
  /** Names in lower case; repeated ones joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Statuses of interim replies (1xx) that came before it. */
  readonly interim: readonly number[];
}

const open = new Set<Socket>();

/** Closes every connection that is still open: a server that has ended does not always say so to a silent one. */
export function closeConnections(): void {
  for (const socket of open) socket.destroy();
}

/** One TCP connection, without an HTTP client between the test and the bytes. */
export class RawConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #over: string | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('end', () => {
      this.#over ??= 'closed by the server';
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#over ??= error.code ?? error.message;
    });
    socket.on('close', () => {
      this.#over ??= 'closed';
    });
  }

  /** @throws the socket's error (ECONNREFUSED, …) when the connection is not made. */
  static async open(url: URL): Promise<RawConnection> {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    const made = Promise.withResolvers<void>();
    socket.once('connect', made.resolve);
    socket.once('error', made.reject);
    try {
      await within(made.promise, `a connection to ${url.host}`);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new RawConnection(socket);
  }

  /** Bytes that arrived and that no reply has taken. */
  get unread(): string {
    return this.#received.toString('latin1');
  }

  /** Why nothing more will come: `closed by the server`, `ECONNRESET`, … */
  get over(): string | undefined {
    return this.#over;
  }

  /** Waits until bytes are there to be read (true), or the connection is over (false). */
  more(): Promise<boolean> {
    return until('bytes or the end', () => {
      if (this.#received.length > 0) return true;
      return this.#over === undefined ? undefined : false;
    });
  }

  /** Sends bytes, a character a byte; what the server has closed meanwhile takes them no more. */
  send(bytes: string): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes, 'latin1');
  }

  /** Sends a request without a body and takes its reply. */
  async get(target: string, method = 'GET'): Promise<RawReply> {
    this.send(requestText(target, method));
    return this.reply(method);
  }

  /** Takes the next reply. @throws {Error} when the connection is over before it is whole. */
  reply(method = 'GET'): Promise<RawReply> {
    return until(
      'a whole reply',
      () => {
        const parsed = parseReply(this.#received, method, this.#over !== undefined);
        if (parsed !== undefined) {
          this.#received = this.#received.subarray(parsed.length);
          return parsed.reply;
        }
        if (this.#over === undefined) return undefined;
        throw new Error(
          `no whole reply, the connection is over (${this.#over}); got ${JSON.stringify(this.unread)}`,
        );
      },
      () => `got ${JSON.stringify(this.unread)}`,
    );
  }

  /** Waits until the server has ended the connection, and says how. */
  async ended(): Promise<string> {
    return until('the server ends the connection', () => this.#over);
  }

  /** Says that nothing more will be sent, and goes on receiving. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Ends it with a RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** A request without a body. */
export function requestText(target: string, method = 'GET', headers: readonly string[] = []): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: test', ...headers].join('\r\n')}\r\n\r\n`;
}

/** One request on a connection of its own. */
export async function once(url: URL, target: string, method = 'GET'): Promise<RawReply> {
  const connection = await RawConnection.open(url);
  try {
    return await connection.get(target, method);
  } finally {
    connection.close();
  }
}

/**
 * Reads one reply off the front of what arrived, framed as RFC 9112 §6.3 says; undefined while it is not whole.
 *
 * @throws {Error} when the bytes are no HTTP reply.
 */
function parseReply(
  bytes: Buffer,
  method: string,
  over: boolean,
): { reply: RawReply; length: number } | undefined {
  const interim: number[] = [];
  let start = 0;
  for (;;) {
    const headEnd = bytes.indexOf('\r\n\r\n', start);
    if (headEnd === -1) return undefined;
    const [statusLine = '', ...lines] = bytes.toString('latin1', start, headEnd).split('\r\n');
    const match = /^(HTTP\/1\.[01]) ([1-5][0-9][0-9])(?: .*)?$/.exec(statusLine);
    if (match === null) throw new Error(`not the status line of a reply: ${JSON.stringify(statusLine)}`);
    const status = Number(match[2]);
    const bodyStart = headEnd + 4;
    if (status < 200) {
      interim.push(status);
      start = bodyStart;
      continue;
    }
    const headers = parseHeaders(lines);
    const body = parseBody(bytes, bodyStart, status, method, headers, over);
    if (body === undefined) return undefined;
    const reply = { status, protocol: match[1] ?? '', headers, body: body.text, interim };
    return { reply, length: body.end };
  }
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) throw new Error(`not a header of a reply: ${JSON.stringify(line)}`);
    const name = (match[1] ?? '').toLowerCase();
    const before = headers.get(name);
    headers.set(name, before === undefined ? (match[2] ?? '') : `${before}, ${match[2]}`);
  }
  return headers;
}

function parseBody(
  bytes: Buffer,
  start: number,
  status: number,
  method: string,
  headers: ReadonlyMap<string, string>,
  over: boolean,
): { text: string; end: number } | undefined {
  if (method === 'HEAD' || status === 204 || status === 304) return { text: '', end: start };
  if (headers.get('transfer-encoding')?.toLowerCase() === 'chunked') return parseChunks(bytes, start);
  const length = headers.get('content-length');
  if (length !== undefined) {
    const end = start + Number(length);
    return bytes.length < end ? undefined : { text: bytes.toString('latin1', start, end), end };
  }
  return over ? { text: bytes.toString('latin1', start), end: bytes.length } : undefined;
}

/** Chunks without trailers: no server of ours sends any. */
function parseChunks(bytes: Buffer, start: number): { text: string; end: number } | undefined {
  let text = '';
  let position = start;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error('a chunk of a reply has no size');
    const end = lineEnd + 2 + size + 2;
    if (bytes.length < end) return undefined;
    text += bytes.toString('latin1', lineEnd + 2, lineEnd + 2 + size);
    if (size === 0) return { text, end };
    position = end;
  }
}
