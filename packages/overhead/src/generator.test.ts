import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrk } from '@acceptbench/client/wrk';
import { completedOf, parseK6 } from './generator.ts';

const wrkSaid = `Running 3s test @ http://127.0.0.1:8080/data
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.87ms  316.98us   8.73ms   94.02%
    Req/Sec    74.55k     4.49k   78.51k    90.00%
  Latency Distribution
     50%    0.81ms
     75%    0.95ms
     90%    1.10ms
     99%    2.05ms
  222443 requests in 3.00s, 34.16MB read
Requests/sec:  74121.33
Transfer/sec:     11.38MB
`;

test('what wrk counts as failed is never a figure', () => {
  const report = wrk.parse(wrkSaid);
  assert.deepEqual(completedOf(report), { requests: 222_443, seconds: 3 });
  assert.throws(() => completedOf({ ...report, wrong: 12 }), /12 responses that are not 2xx or 3xx/);
  assert.throws(() => completedOf({ ...report, errored: 3 }), /wrk counted failures: .*3 errors/);
  assert.throws(() => completedOf({ ...report, responses: 0 }), /wrk counted nothing/);
});

test('the line of our k6 script is read, failures are refused', () => {
  assert.deepEqual(parseK6('\n{"requests":10,"failed":0,"seconds":2}\n'), { requests: 10, seconds: 2 });
  assert.throws(() => parseK6('{"requests":10,"failed":1,"seconds":2}'), /k6 counted failures: 1/);
  assert.throws(() => parseK6('{"requests":0,"failed":0,"seconds":2}'), /accepted are requests and seconds/);
  assert.throws(() => parseK6('running'), /got "running"/);
});
