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

  /** Runs k6 once against a server of its own that answers like `answer`; no warm-up unless `load` says so. */
  async function run(
    answer: Answer,
    load: Partial<K6RunOptions['load']> = {},
    rest: Partial<K6RunOptions> = {},
    backlog = 511,
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
        execFile(k6, args, { env, timeout: 60_000 }, (error, _stdout, stderr) => {
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
    const { seen, summary } = await run(right, { durationSeconds: 2 }, { expectedBody: body });
    const result = toLoadResult(summary);
    assert.equal(result.started, 200);
    assert.equal(result.completed, 200);
    assert.deepEqual([result.dropped, result.errored, result.wrong], [0, 0, 0]);
    assert.equal(seen.requests, 200);
    const [first, second, third] = result.completedByThird;
    assert.equal(first + second + third, result.completedInWindow);
    assert.ok(first > 0 && second > 0 && third > 0, `${result.completedByThird}`);
    assert.equal(result.schedulingLag.n, 200);
    assert.ok(result.schedulingLag.min >= -0.001, `${result.schedulingLag.min}`);
    assert.ok(result.responseTime.min > result.schedulingLag.min);
    assert.ok(result.responseTime.mean > result.schedulingLag.mean);
    // The intended starts are 0, 10, …, 1,990 ms.
    const endedAtMs = 200 * (995 + result.responseTime.mean);
    assert.ok(Math.abs(result.endedAtMs - endedAtMs) < 1, `${result.endedAtMs} and ${endedAtMs}`);
    assert.ok(result.openingMs > 0 && result.openingMs < 200 * result.responseTime.mean);
    assert.deepEqual([result.resent, result.resendingMs], [0, 0]);
    assert.ok(result.windowStartMs >= before + 500 && result.windowStartMs < Date.now() - 2000);
  });

  test('"close" opens a connection for each request and says so to the server', async () => {
    const { seen, summary } = await run(right);
    assert.equal(toLoadResult(summary).connections, 100);
    assert.equal(seen.connections, 100);
    assert.deepEqual(new Set(seen.headers), new Set(['close']));
  });

  test('"keep-alive" uses its connections again', async () => {
    const { seen, summary } = await run(right, {}, { policy: 'keep-alive', maxVus: 4 });
    const result = toLoadResult(summary);
    assert.equal(result.completed, 100);
    assert.equal(result.connections, seen.connections);
    // One a virtual user, spare ones included.
    assert.ok(seen.connections <= 14, `${seen.connections}`);
  });

  test('wrong bodies, statuses and content types are counted exactly, and are no completions', async () => {
    const { summary } = await run((response, number) => {
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
    const { seen, summary, stderr } = await run((response, number, socket) => {
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
    let blocked = false;
    const { summary } = await run(
      (response) => {
        right(response);
        if (blocked) return;
        blocked = true;
        // Nobody accepts for half a second: five of fifty find a place, and the others' SYNs are dropped.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      },
      {},
      {},
      4,
    );
    const result = toLoadResult(summary);
    assert.equal(result.completed, 100);
    assert.ok(result.resent >= 30 && result.resent <= 50, `${result.resent}`);
    // Each waits for a second, and is then let in (or once more, when they all come at once).
    assert.ok(result.resendingMs / result.resent >= 1000, `${result.resendingMs} of ${result.resent}`);
    assert.ok(result.openingMs < 100 * 1000, `${result.openingMs}`);
  });

  test('an answer after TIMEOUT_SECONDS is an error, and k6 waits for it', async () => {
    const { summary } = await run(
      (response, number) => {
        if (number !== 50) right(response);
      },
      {},
      { timeoutSeconds: 2 },
    );
    const result = toLoadResult(summary);
    assert.deepEqual([result.started, result.completed, result.errored], [100, 99, 1]);
  });

  test('an answer after the window counts as completed, not as completed in the window', async () => {
    const held: http.ServerResponse[] = [];
    const { summary } = await run((response, number) => {
      // The first half is held until the last request, which comes 10 ms before the window closes, and 1,500 ms more:
      // longer than k6's own clock of the scenario runs.
      if (number <= 50) held.push(response);
      else right(response);
      if (number === 100) setTimeout(() => held.forEach(right), 1_500);
    });
    const result = toLoadResult(summary);
    assert.deepEqual([result.completed, result.completedInWindow], [100, 50]);
    assert.equal(result.completedByThird[0], 0);
    // The first was held for 990 + 1,500 ms, the fiftieth for 500 + 1,500.
    assert.ok(result.responseTime.max >= 2_490, `${result.responseTime.max}`);
  });

  test('an arrival beyond MAX_VUS is dropped, and the lag of the others stays right', async () => {
    const held: http.ServerResponse[] = [];
    const { seen, summary } = await run(
      (response, number) => {
        // Five requests fill the server for half of the window.
        if (number <= 5) held.push(response);
        else right(response);
        if (number === 5) setTimeout(() => held.forEach(right), 500);
      },
      {},
      { maxVus: 5 },
    );
    const result = toLoadResult(summary);
    assert.equal(result.started + result.dropped, 100);
    assert.ok(result.dropped >= 30, `${result.dropped}`);
    assert.equal(result.started, seen.requests);
    assert.equal(result.completed, result.started);
    // Counted by started requests alone, the last ones would seem to be dropped × 10 ms late.
    assert.ok(result.schedulingLag.p50 < 50, `${result.schedulingLag.p50}`);
  });

  test('the warm-up reaches the server and no count', async () => {
    const { seen, summary } = await run(right, { warmupSeconds: 1, warmupRatePerSecond: 20 });
    const result = toLoadResult(summary);
    assert.deepEqual([result.started, result.completed, result.connections], [100, 100, 100]);
    assert.ok(seen.requests >= 119 && seen.requests <= 121, `${seen.requests}`);
  });

  test('a bad value stops k6 before it sends anything, with one clear line', async () => {
    const { code, stderr, seen } = await run(right, {}, { route: 'data' });
    assert.equal(code, 107);
    assert.match(stderr, /ROUTE must be a path that starts with a slash, got \\?"data\\?"/);
    assert.equal(seen.requests, 0);
  });
});
