import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBurstLoad } from './burstLoad.ts';
import type { Exchange } from './exchange.ts';

const windowStartMs = 1_790_000_000_000;

/** An exchange that took so long from `atMs` after the instant on. */
const took = (atMs: number, responseMs: number, change: Partial<Exchange> = {}): Exchange => ({
  intendedMs: windowStartMs + atMs,
  calledMs: windowStartMs + atMs + 1,
  returnedMs: windowStartMs + atMs + 1.25,
  connectedMs: windowStartMs + atMs + 3,
  endedMs: windowStartMs + atMs + responseMs,
  verdict: 'right',
  ...change,
});

const usual = [took(-900, 2), took(-800, 4), took(-700, 3)];

test('a burst in figures', () => {
  const load = toBurstLoad({
    windowStartMs,
    durationMs: 3000,
    before: usual,
    burst: [
      took(0, 10),
      took(0, 1500),
      took(0, 2000, { connectedMs: windowStartMs + 1003 }),
      took(0, 900, { verdict: 'errored', connectedMs: null }),
      took(0, 5, { verdict: 'shed' }),
      took(0, 5, { verdict: 'wrong-body' }),
    ],
    normal: [took(2, 1900), took(1950, 5), took(1960, 7), took(1970, 6), took(1980, 5), took(1990, 6)],
  });
  assert.deepEqual(load.burst, {
    connections: 6,
    connected: 5,
    connectedMs: 1003,
    refused: 1,
    drainedMs: 2000,
    before: { meanMs: 3, n: 3 },
    nextMs: 1900,
    // Twice 3 ms: the second was as fast, and the third was not.
    recoveredMs: 1970,
  });
  const { started, completed, errored, shed, wrong, connections, shedMs } = load;
  assert.deepEqual([started, completed, errored, shed, wrong, connections], [12, 9, 1, 1, 1, 11]);
  assert.equal(shedMs, 5);
  assert.deepEqual(load.completedByThird, [1, 7, 1]);
  // A quarter of a ms in connect(), and 2 ms more in which the client was late; a SYN was sent again once.
  assert.equal(load.openingMs, 8 * 0.25);
  assert.deepEqual([load.resent, load.resendingMs], [1, 1002]);
  assert.equal(load.schedulingLag.mean, 1);
});

test('whatever comes, what is counted adds up', () => {
  const verdict = fc.constantFrom('right', 'errored', 'shed', 'wrong-status', 'wrong-body');
  const exchange = fc
    .tuple(fc.double({ min: 0, max: 9e4, noNaN: true }), fc.boolean(), verdict)
    .map(([ms, stands, verdict]) =>
      took(0, ms, { verdict, ...(stands ? {} : { connectedMs: null }) } as Partial<Exchange>),
    );
  const some = fc.array(exchange, { maxLength: 30 });
  fc.assert(
    fc.property(some, some, some, (before, burst, normal) => {
      const load = toBurstLoad({ windowStartMs, durationMs: 1000, before, burst, normal });
      const total = (values: readonly number[] | undefined) => values?.reduce((sum, value) => sum + value, 0);
      assert.equal(load.started, load.completed + load.shed + load.errored + load.wrong);
      assert.equal(total(load.histogram?.counts), load.completed);
      assert.equal(total(load.completedByThird), load.completedInWindow);
      assert.equal(load.responseTime.n, load.completed);
      assert.ok(load.completedInWindow <= load.completed && load.connections <= load.started);
      const { n, min, p50, p90, p99, max, mean } = load.responseTime;
      assert.ok(n === 0 || (min <= p50 && p50 <= p90 && p90 <= p99 && p99 <= max));
      assert.ok(n === 0 || (min <= mean + 1e-9 && mean <= max + 1e-9));
    }),
  );
});
