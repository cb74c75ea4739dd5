import { connect } from 'node:net';
import { judge, type Verdict } from '@acceptbench/k6/checks';
import { parseReply, requestText } from './reply.ts';

export type Clock = () => number;

/** One connection with one request, and when what happened. Times by the caller's clock, in ms. */
export interface Exchange {
  /** When it was meant to start. */
  readonly intendedMs: number;
  /** When connect() was called, and when it returned: on loopback the handshake is done within the call. */
  readonly calledMs: number;
  readonly returnedMs: number;
  /** When the client saw that the connection stands; null when it never did. */
  readonly connectedMs: number | null;
  /** When the whole response had come, or the connection had failed. */
  readonly endedMs: number;
  readonly verdict: Verdict;
}

export interface ExchangeOptions {
  readonly baseUrl: string;
  readonly route: string;
  readonly expectedBody: string;
  readonly sheds: boolean;
  readonly timeoutSeconds: number;
  readonly now: Clock;
}

/** Makes exchanges with one server, each on a connection of its own that the server is asked to close. */
export function exchangeWith(options: ExchangeOptions): (intendedMs: number) => Promise<Exchange> {
  const { baseUrl, route, expectedBody, sheds, timeoutSeconds, now } = options;
  const { hostname: host, port } = new URL(baseUrl);
  const request = Buffer.from(requestText(route, 'GET', ['Connection: close']), 'latin1');
  return (intendedMs) =>
    new Promise((resolve) => {
      const socket = connect({ host, port: Number(port), noDelay: true });
      let calledMs = now();
      let returnedMs = calledMs;
      let connectedMs: number | null = null;
      let received: Buffer = Buffer.alloc(0);
      let ended = false;
      // Node calls connect(2) in a later tick: this event is just before it, and a tick that is queued now comes just after.
      socket.once('connectionAttempt', () => {
        calledMs = now();
      });
      process.nextTick(() => {
        returnedMs = now();
      });
      const end = (verdict: Verdict) => {
        if (ended) return;
        ended = true;
        clearTimeout(timer);
        socket.destroy();
        resolve({ intendedMs, calledMs, returnedMs, connectedMs, endedMs: now(), verdict });
      };
      const timer = setTimeout(() => end('errored'), timeoutSeconds * 1000);
      const read = (over: boolean) => {
        try {
          const parsed = parseReply(received, 'GET', over);
          if (parsed !== undefined) end(verdictOf(parsed.reply, expectedBody, sheds));
          else if (over) end('errored');
        } catch {
          end('wrong-body'); // What came is no HTTP.
        }
      };
      socket.once('connect', () => {
        connectedMs = now();
        socket.write(request);
      });
      socket.on('data', (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        read(false);
      });
      socket.once('end', () => read(true));
      socket.once('error', () => end('errored'));
      socket.once('close', () => end('errored'));
    });
}

type Parsed = NonNullable<ReturnType<typeof parseReply>>['reply'];

function verdictOf({ status, headers, body }: Parsed, expectedBody: string, sheds: boolean): Verdict {
  const response = {
    status,
    headers: { 'Content-Type': headers.get('content-type') },
    // The parser takes a character a byte.
    body: Buffer.from(body, 'latin1').toString('utf8'),
  };
  return judge(response, expectedBody, sheds);
}
