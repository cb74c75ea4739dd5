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

/** A request without a body. */
export function requestText(target: string, method = 'GET', headers: readonly string[] = []): string {
  return `${[`${method} ${target} HTTP/1.1`, 'Host: test', ...headers].join('\r\n')}\r\n\r\n`;
}

/**
 * Reads one reply off the front of what arrived, framed as RFC 9112 §6.3 says; undefined while it is not whole.
 *
 * @throws {Error} when the bytes are no HTTP reply.
 */
export function parseReply(
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
