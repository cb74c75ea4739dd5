import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countHalfOpen, parseSocketCount } from './halfOpen.ts';

const row = (port: string, state: string) =>
  `   1: 0100007F:${port} 0100007F:C350 ${state} 00000000:00000000 01:00000019 00000000     0        0 0 1 0000000000000000\n`;
const row6 = `  12: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:C350 03 00000000:00000000 01:00000019 00000000     0        0 0 1 0\n`;

test('counts SYN-RECV rows whose local port is wanted', () => {
  const text = row('1F90', '0A') + row('1F90', '03') + row('1F90', '01') + row('1F91', '03') + row6;
  assert.equal(countHalfOpen(text, [8080]), 2);
  assert.equal(countHalfOpen(text, [8081]), 1);
  assert.equal(countHalfOpen(text, [8080, 8081]), 3);
  assert.equal(countHalfOpen(text, [0xc350]), 0);
  assert.equal(countHalfOpen('', [8080]), 0);
});

test('the number of sockets decides whether counting is cheap', () => {
  assert.equal(parseSocketCount('sockets: used 9\nTCP: inuse 27 orphan 0 tw 14 alloc 35 mem 4\n'), 41);
  assert.equal(parseSocketCount('UDP: inuse 1\n'), null);
});
