import { requestText } from '@acceptbench/client/reply';
import type { Rule } from './deviations.ts';

const mebibyte = 1_048_576;
const hidden = requestText('/data');
const chunkedPost = (headers: readonly string[], body: string) =>
  `${requestText('/data', 'POST', headers)}${body}`;

/** Bytes that every server must refuse, with 400 or by closing: none may be taken as a request for the work. */
export const refusedAlways: Readonly<Record<string, string>> = {
  'no request at all': 'asdf\r\n\r\n',
  'a control character in the target': 'GET /da\x01ta HTTP/1.1\r\nHost: x\r\n\r\n',
  'bytes of a TLS client': '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\r\n\r\n',
  'a bare CR in a header': 'GET /data HTTP/1.1\r\nHost: a\rX: b\r\n\r\n',
  'a NUL in a header': 'GET /data HTTP/1.1\r\nHost: a\r\nX: \0b\r\n\r\n',
  'a space before the colon': 'GET /data HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n',
  'a folded header': 'GET /data HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n',
  'a header without a colon': 'GET /data HTTP/1.1\r\nHost: a\r\nX\r\n\r\n',
  'a header without a name': 'GET /data HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n',
  'a version that does not exist': 'GET /data HTTP/1.9x\r\nHost: a\r\n\r\n',
  'a negative Content-Length': chunkedPost(['Content-Length: -5'], hidden),
  'a Content-Length with a sign': chunkedPost(['Content-Length: +5'], hidden),
  'a Content-Length that is no number': chunkedPost(['Content-Length: 0x5'], hidden),
  'two different Content-Lengths': chunkedPost(['Content-Length: 0', 'Content-Length: 5'], hidden),
  'Content-Length and Transfer-Encoding, where the chunks end first': chunkedPost(
    [`Content-Length: ${5 + hidden.length}`, 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${hidden}`,
  ),
  'Transfer-Encoding and Content-Length, where the length ends first': chunkedPost(
    ['Transfer-Encoding: chunked', 'Content-Length: 4'],
    `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
  ),
};

/** Bytes whose fate the runtime's own HTTP code decides; deviations.ts says how. */
export const refusedByRule: readonly (readonly [Rule, string])[] = [
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['HTTP/2.0 in the request line', 'GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n'],
  ['no version in the request line', 'GET /healthz\r\n\r\n'],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a line that ends in a bare LF', 'GET /healthz HTTP/1.1\nHost: a\n\n'],
  ['an unknown transfer coding', chunkedPost(['Transfer-Encoding: xchunked'], `0\r\n\r\n${hidden}`)],
  [
    '1 MiB of headers',
    requestText(
      '/healthz',
      'GET',
      Array.from({ length: 1024 }, (_, index) => `X-${index}: `.padEnd(mebibyte / 1024 - 2, 'x')),
    ),
  ],
  ['a target of 1 MiB', requestText(`/${'x'.repeat(mebibyte)}`)],
];
