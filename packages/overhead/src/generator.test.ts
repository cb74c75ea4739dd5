import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseK6, parseWrk } from './generator.ts';

const said = (more: string) => `Running 3s test @ http://127.0.0.1:8080/data
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.87ms  316.98us   8.73ms   94.02%
    Req/Sec    74.55k     4.49k   78.51k    90.00%
  222443 requests in 3.00s, 34.16MB read
${more}Requests/sec:  74121.33
Transfer/sec:     11.38MB
`;

test('wrk’s requests and seconds are read', () => {
  assert.deepEqual(parseWrk(said('')), { requests: 222_443, seconds: 3 });
  assert.deepEqual(parseWrk(said('').replace('in 3.00s', 'in 1.50m')), { requests: 222_443, seconds: 90 });
});

test('what wrk counts as failed is never a figure', () => {
  assert.throws(() => parseWrk(said('  Non-2xx or 3xx responses: 12\n')), /Non-2xx or 3xx responses: 12/);
  assert.throws(
    () => parseWrk(said('  Socket errors: connect 0, read 3, write 0, timeout 0\n')),
    /Socket errors: connect 0, read 3/,
  );
  assert.throws(() => parseWrk(said('').replace('222443', '0')), /can't read what wrk printed/);
  assert.throws(() => parseWrk('wrk: not found'), /got "wrk: not found"/);
});

test('the line of our k6 script is read, failures are refused', () => {
  assert.deepEqual(parseK6('\n{"requests":10,"failed":0,"seconds":2}\n'), { requests: 10, seconds: 2 });
  assert.throws(() => parseK6('{"requests":10,"failed":1,"seconds":2}'), /k6 counted failures: 1/);
  assert.throws(() => parseK6('{"requests":0,"failed":0,"seconds":2}'), /accepted are requests and seconds/);
  assert.throws(() => parseK6('running'), /got "running"/);
});
