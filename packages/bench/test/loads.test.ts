import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findProgram } from '@acceptbench/client/program';
import { checkIsolation } from '@acceptbench/probe/isolation';
import type { Load } from '@acceptbench/results/cell';
import { isMeasured, type MeasuredReplicate, type Replicate } from '@acceptbench/results/replicate';
import { live } from './live.ts';
import { oneOf } from './oneOf.ts';

const isolation = await checkIsolation();
const isolated = { skip: isolation.mode === 'none' && isolation.reason };
const runtimes = ['node', 'bun', 'deno'];

const windowed = { warmupSeconds: 1, warmupRatePerSecond: 40, durationSeconds: 1 };

function measured(replicate: Replicate): MeasuredReplicate {
  assert.ok(isMeasured(replicate), JSON.stringify(replicate));
  return replicate;
}

/** The residuals of the laws that are exact: of those the machine's noise is no part. */
function exactLaws({ books }: MeasuredReplicate): Record<string, number> {
  const exact = books.filter(({ tolerance }) => tolerance === 0);
  return Object.fromEntries(exact.map(({ law, residual }) => [law, residual]));
}

for (const runtime of runtimes) {
  test(`a burst on ${runtime}: more than its queue takes, each counted by all`, isolated, async (context) => {
    const load: Load = { kind: 'burst', connections: 60, ...windowed };
    const change = { load, work: { kind: 'wasm', iterations: 2_000_000 }, somaxconn: 16 } as const;
    await oneOf(
      context,
      () => live(context, runtime, change),
      (lived) => {
        const replicate = measured(lived);
        const { burst, requests, acceptQueue, rates } = replicate;
        assert.ok(burst !== null && acceptQueue !== null);
        assert.deepEqual([burst.connections, burst.connected, burst.refused], [60, 60, 0]);
        assert.ok(requests.completed > 60 && requests.failed === 0, JSON.stringify(requests));
        assert.ok(
          (acceptQueue.overflows ?? 0) > 0 && (acceptQueue.max ?? 18) <= 17,
          JSON.stringify(acceptQueue),
        );
        // Accepted is told by the sample after it, so the two times have no order that holds on a busy machine.
        const times = [burst.acceptedMs, burst.drainedMs, burst.nextMs];
        assert.ok(
          times.every((ms) => ms !== null && ms > 0),
          JSON.stringify(burst),
        );
        assert.equal(rates.offeredPerSecond, null);
        const laws = exactLaws(replicate);
        assert.deepEqual(Object.keys(laws).slice(0, 3), ['requests', 'requests-started', 'requests-ended']);
        // Where a queue overflowed, a connection may be opened twice: none less than the load had, then.
        const opened = replicate.books.find(({ law }) => law === 'connections-opened');
        assert.ok(opened !== undefined && opened.residual >= 0, JSON.stringify(opened));
        context.diagnostic(`opened twice: ${opened.residual}, accepted is ${opened.tolerance}`);
        assert.ok(
          Object.values(laws).every((residual) => residual === 0),
          JSON.stringify(laws),
        );
      },
    );
  });

  test(
    `silent connections on ${runtime}: let in before the window, and apart from the load`,
    isolated,
    async (context) => {
      const load: Load = {
        kind: 'constant-arrival-rate',
        ratePerSecond: 60,
        silentConnections: 600,
        ...windowed,
      };
      // Bun closes what says nothing for 10 s, which a busy machine may take for all of it.
      await oneOf(
        context,
        () => live(context, runtime, { load }),
        (replicate) => {
          const { silent, books } = measured(replicate);
          assert.ok(silent !== null);
          assert.deepEqual([silent.asked, silent.connected, silent.closedByServer], [600, 600, 0]);
          const laws = exactLaws(measured(replicate));
          assert.deepEqual(
            [laws['silent-opened'], laws['connections-opened']],
            [0, 0],
            JSON.stringify(books),
          );
          assert.equal(books.find(({ law }) => law === 'silent-opened')?.left, 600);
        },
      );
    },
  );
}

test(
  'as many connections as the server may not open files for fail with what to do',
  isolated,
  async (context) => {
    const load: Load = { kind: 'burst', connections: 20_000_000, ...windowed };
    const replicate = await live(context, 'node', { load });
    assert.equal(replicate.outcome, 'failed');
    assert.match(
      replicate.outcome === 'failed' ? replicate.error : '',
      /the server may have \d+; raise the limit first: ulimit -n/,
    );
  },
);

const wrk = await findProgram('wrk', process.env.PATH ?? '');
const hasWrk = { skip: wrk === null && process.env.CI === undefined && 'wrk is not installed' };

test('a closed loop by wrk: its counts lie within the server’s', hasWrk, async (context) => {
  const load: Load = { kind: 'closed-loop', generator: 'wrk', connections: 8, ...windowed };
  await oneOf(
    context,
    () => live(context, 'node', { load, policy: 'keep-alive' }),
    (replicate) => {
      const { rates, requests, responseTimeMs, schedulingLagMs, books } = measured(replicate);
      assert.ok(rates.completedPerSecond > 0 && requests.failed === 0, JSON.stringify(requests));
      assert.ok(responseTimeMs.p50 > 0 && responseTimeMs.p50 <= responseTimeMs.p99);
      assert.equal(schedulingLagMs, null);
      assert.equal(books.find(({ law }) => law === 'requests-started')?.residual, 0, JSON.stringify(books));
    },
  );
});

test('a generator that is not installed is not offered', async (context) => {
  const before = process.env.PATH;
  context.after(() => {
    process.env.PATH = before;
  });
  const load: Load = { kind: 'closed-loop', generator: 'oha', connections: 8, ...windowed };
  // unshare and ip are needed all the same.
  process.env.PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
  if ((await findProgram('oha', process.env.PATH)) !== null) return context.skip('oha is installed there');
  const replicate = await live(context, 'node', { load });
  assert.equal(replicate.outcome, 'not-offered');
  assert.match(
    replicate.outcome === 'not-offered' ? replicate.reason : '',
    /^oha is not on the PATH; install it: /,
  );
});
