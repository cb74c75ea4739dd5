import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describeMissingK6, findK6 } from '../install/find.ts';
import { type K6RunOptions, k6Arguments } from './arguments.ts';
import { toLoadResult } from './summary.ts';

const body = JSON.stringify({ street: 'Main Street', city: 'Springfield', count: 3 });

/** What the server saw, per request and in all. */
interface Seen {
  requests: number;
  connections: number;
  headers: string[];
}

describe('the load script under the real k6', () => {
  let k6 = '';
  let folder = '';
  before(async () => {
    const found = await findK6();
    if (found.state === 'missing') assert.fail(describeMissingK6(found));
    k6 = found.path;
    folder = await mkdtemp(join(tmpdir(), 'acceptbench-k6-run-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  type Answer = (response: http.ServerResponse, number: number, socket: Socket) => void;

  function right(response: http.ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }
  const always = () => right;

  /**
   * Runs k6 against a server of its own that answers like `newAnswer()` says; no warm-up unless `load` says so. k6 forgets an arrival
   * whose tick comes after the scenario's end, and drops one where it has not even a spare virtual user: on a machine that stands
   * still at such a moment it may do either. Such a run says nothing of the script, and k6 is run again.
   */
  async function run(
    newAnswer: () => Answer,
    load: Partial<K6RunOptions['load']> = {},
    rest: Partial<K6RunOptions> = {},
    backlog = 511,
  ) {
    const arrivals = (load.ratePerSecond ?? 100) * (load.durationSeconds ?? 1);
    for (let tries = 4; ; tries -= 1) {
      const ran = await runOnce(newAnswer(), load, rest, backlog);
      if (tries === 1 || ran.code !== 0 || isWhole(ran.summary, arrivals)) return ran;
    }
  }

  function isWhole(summary: unknown, arrivals: number): boolean {
    const { metrics } = summary as { metrics: Record<string, { count: number }> };
    const count = (name: string) => metrics[name]?.count ?? 0;
    const seen = count('scheduling_lag') + count('dropped');
    return seen === arrivals && count('dropped_iterations{scenario:measure}') === 0;
  }

  async function runOnce(
    answer: Answer,
    load: Partial<K6RunOptions['load']>,
    rest: Partial<K6RunOptions>,
    backlog: number,
  ) {
    const seen: Seen = { requests: 0, connections: 0, headers: [] };
    const server = http.createServer((request, response) => {
      seen.requests += 1;
      seen.headers.push(request.headers.connection ?? '');
      answer(response, seen.requests, request.socket);
    });
    server.keepAliveTimeout = 60_000;
    server.on('connection', () => {
      seen.connections += 1;
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog });
    await once(server, 'listening');
    const summaryPath = join(folder, `${(server.address() as AddressInfo).port}.json`);
    const { args, env } = k6Arguments({
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      policy: 'close',
      summaryPath,
      // A shell that would change the run, if k6 listened to it.
      environment: { ...process.env, MAX_VUS: 'none', K6_ITERATIONS: '1' },
      load: {
        kind: 'constant-arrival-rate',
        ratePerSecond: 100,
        durationSeconds: 1,
        warmupSeconds: 0,
        warmupRatePerSecond: 0,
        ...load,
      },
      ...rest,
    });
    try {
      const output = await new Promise<{ code: number; stderr: string }>((resolve, reject) => {
        execFile(k6, args, { env, timeout: 120_000 }, (error, _stdout, stderr) => {
          if (error === null) resolve({ code: 0, stderr });
          else if (typeof error.code === 'number') resolve({ code: error.code, stderr });
          else reject(error);
        });
      });
      const text = output.code === 0 ? await readFile(summaryPath, 'utf8') : '{}';
      return { ...output, seen, summary: JSON.parse(text) as unknown };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('every right response is counted once, and every arrival is accounted for', async () => {
    const before = Date.now();
    const { seen, summary } = await run(always, { durationSeconds: 2 }, { expectedBody: body });
    const result = toLoadResult(summary);
    assert.equal(result.started, 200);
    assert.equal(result.completed, 200);
    assert.deepEqual([result.dropped, result.errored, result.wrong], [0, 0, 0]);
    assert.equal(seen.requests, 200);
    const [first, second, third] = result.completedByThird;
    assert.equal(first + second + third, result.completedInWindow);
    // A machine that stands still for two thirds of a second may leave one of them empty.
    assert.ok([first, second, third].filter((count) => count > 0).length >= 2, `${result.completedByThird}`);
    assert.equal(result.schedulingLag.n, 200);
    assert.ok(result.schedulingLag.min >= -0.001, `${result.schedulingLag.min}`);
    assert.ok(result.responseTime.min > result.schedulingLag.min);
    assert.ok(result.responseTime.mean > result.schedulingLag.mean);
    // The intended starts are 0, 10, …, 1,990 ms.
    const endedAtMs = 200 * (995 + result.responseTime.mean);
    assert.ok(Math.abs(result.endedAtMs - endedAtMs) < 1, `${result.endedAtMs} and ${endedAtMs}`);
    assert.ok(result.openingMs > 0 && result.openingMs < 200 * result.responseTime.mean);
    // A handshake that took as long as a SYN that is sent again; none did that was answered sooner.
    assert.ok(result.resent === 0 || result.responseTime.max >= 900, `${result.resent}`);
    assert.ok(result.windowStartMs >= before + 500 && result.windowStartMs < Date.now() - 2000);
  });

  test('"close" opens a connection for each request and says so to the server', async () => {
    const { seen, summary } = await run(always);
    assert.equal(toLoadResult(summary).connections, 100);
    assert.equal(seen.connections, 100);
    assert.deepEqual(new Set(seen.headers), new Set(['close']));
  });

  test('"keep-alive" uses its connections again', async () => {
    const { seen, summary } = await run(always, {}, { policy: 'keep-alive', maxVus: 4 });
    const result = toLoadResult(summary);
    // Where the machine stands still more than four come at once.
    assert.equal(result.completed + result.dropped, 100);
    assert.equal(result.completed, seen.requests);
    assert.equal(result.connections, seen.connections);
    // One a virtual user, spare ones included.
    assert.ok(seen.connections <= 14 && seen.connections < seen.requests, `${seen.connections}`);
  });

  test('wrong bodies, statuses and content types are counted exactly, and are no completions', async () => {
    const { summary } = await run(() => (response, number) => {
      if (number % 10 === 0) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else if (number % 10 === 1) response.writeHead(503).end();
      else if (number % 10 === 2) response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
      else right(response);
    });
    const result = toLoadResult(summary);
    assert.deepEqual([result.completed, result.wrong, result.errored], [70, 30, 0]);
    assert.equal(result.responseTime.n, 70);
    assert.equal(result.connections, 100);
    const { metrics } = summary as { metrics: Record<string, { count: number }> };
    assert.deepEqual(
      [metrics.wrong_status?.count, metrics.wrong_content_type?.count, metrics.wrong_body?.count],
      [10, 10, 10],
    );
  });

  test('a server that drops connections makes errors, with their connections counted', async () => {
    const { seen, summary, stderr } = await run(() => (response, number, socket) => {
      if (number % 4 === 0) socket.destroy();
      else right(response);
    });
    const result = toLoadResult(summary);
    assert.deepEqual([result.completed, result.errored, result.wrong], [75, 25, 0]);
    assert.equal(seen.requests, 100);
    assert.equal(result.connections, seen.connections);
    assert.match(stderr, /Request Failed/);
  });

  test('a SYN that was dropped and sent again counts as resending, not as opening', async () => {
    const { summary } = await run(
      () => {
        let blocked = false;
        return (response) => {
          right(response);
          if (blocked) return;
          blocked = true;
          // Nobody accepts for half a second: five of fifty find a place, and the others' SYNs are dropped.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
        };
      },
      {},
      {},
      4,
    );
    const result = toLoadResult(summary);
    assert.equal(result.completed, 100);
    // How many depends on how many come before it accepts again.
    assert.ok(result.resent >= 5 && result.resent <= 100, `${result.resent}`);
    // Each waits for a second, and is then let in (or once more, when they all come at once).
    assert.ok(result.resendingMs / result.resent >= 1000, `${result.resendingMs} of ${result.resent}`);
    // What is resending is not opening as well: together they are a part of the response times.
    const inAll = result.responseTime.mean * 100;
    assert.ok(result.openingMs + result.resendingMs <= inAll, `${result.openingMs} of ${inAll}`);
  });

  test('an answer after TIMEOUT_SECONDS is an error, and k6 waits for it', async () => {
    const { summary } = await run(
      () => (response, number) => {
        if (number !== 50) right(response);
      },
      {},
      { timeoutSeconds: 2 },
    );
    const result = toLoadResult(summary);
    assert.deepEqual([result.started, result.completed, result.errored], [100, 99, 1]);
  });

  test('an answer after the window counts as completed, not as completed in the window', async () => {
    // The first half is held for 3.5 s: longer than k6's own clock of the scenario runs.
    const { summary } = await run(
      () => {
        const held: http.ServerResponse[] = [];
        let isOver = false;
        return (response, number) => {
          if (number <= 100 && !isOver) held.push(response);
          else right(response);
          if (number !== 1) return;
          setTimeout(() => {
            isOver = true;
            held.forEach(right);
          }, 3_500);
        };
      },
      { durationSeconds: 2 },
    );
    const result = toLoadResult(summary);
    assert.equal(result.completed, 200);
    // The other half comes within a second of the window's end, all of it where the machine does not stand still.
    assert.ok(result.completedInWindow > 0 && result.completedInWindow <= 100, `${result.completedInWindow}`);
    assert.equal(result.completedByThird[0], 0);
    // Node's timers have whole milliseconds.
    assert.ok(result.responseTime.max >= 3_490, `${result.responseTime.max}`);
  });

  test('an arrival beyond MAX_VUS is dropped, and the lag of the others stays right', async () => {
    const { seen, summary } = await run(
      () => {
        const held: http.ServerResponse[] = [];
        return (response, number) => {
          // Five requests fill the server for half of the window.
          if (number <= 5) held.push(response);
          else right(response);
          if (number === 5) setTimeout(() => held.forEach(right), 500);
        };
      },
      {},
      { maxVus: 5 },
    );
    const result = toLoadResult(summary);
    assert.equal(result.started + result.dropped, 100);
    assert.ok(result.dropped >= 10, `${result.dropped}`);
    assert.equal(result.started, seen.requests);
    assert.equal(result.completed, result.started);
    // Counted by started requests alone, those after the dropped ones would seem to be dropped × 10 ms late.
    assert.ok(result.schedulingLag.p50 < result.dropped * 8, `${result.schedulingLag.p50}`);
  });

  test('the warm-up reaches the server and no count', async () => {
    const { seen, summary } = await run(always, { warmupSeconds: 1, warmupRatePerSecond: 20 });
    const result = toLoadResult(summary);
    assert.deepEqual([result.started, result.completed, result.connections], [100, 100, 100]);
    // 20 of the warm-up, where the machine does not stand still when it ends.
    assert.ok(seen.requests > 100 && seen.requests <= 121, `${seen.requests}`);
  });

  test('a bad value stops k6 before it sends anything, with one clear line', async () => {
    const { code, stderr, seen } = await run(always, {}, { route: 'data' });
    assert.equal(code, 107);
    assert.match(stderr, /ROUTE must be a path that starts with a slash, got \\?"data\\?"/);
    assert.equal(seen.requests, 0);
  });
});
