import { connect, type Socket } from 'node:net';
import { parseReply, type RawReply, requestText } from '@acceptbench/client/reply';
import { until, within } from './waiting.ts';

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

/** One request on a connection of its own. */
export async function once(url: URL, target: string, method = 'GET'): Promise<RawReply> {
  const connection = await RawConnection.open(url);
  try {
    return await connection.get(target, method);
  } finally {
    connection.close();
  }
}
