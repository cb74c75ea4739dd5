import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { k6Arguments } from '@acceptbench/k6/run';
import { operatorArguments } from '@acceptbench/k6/segments';
import { toLoadResult } from '@acceptbench/k6/summary';
import { mergeLoads } from '@acceptbench/report/mergeLoads';
import { requireK6 } from '../src/k6.ts';

const body = JSON.stringify({ street: 'Main Street', city: 'Springfield', count: 3 });
const load = {
  kind: 'constant-arrival-rate',
  ratePerSecond: 151,
  durationSeconds: 2,
  warmupSeconds: 0,
  warmupRatePerSecond: 0,
} as const;
const runners = 3;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Resumes a paused k6 as the operator's starter does, once its REST API answers. */
async function resume(port: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  const body = JSON.stringify({ data: { attributes: { paused: false }, id: 'default', type: 'status' } });
  for (;;) {
    try {
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/v1/status`, { method: 'PATCH', body });
      if (ok) return;
      throw new Error(`PATCH /v1/status: ${status}`);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(20);
    }
  }
}

async function untilPaused(port: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/status`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`k6's REST API does not answer on port ${port}`);
    await delay(20);
  }
}

/** Runs the load on as many k6 as there are runners, with the operator's own arguments, resumed together. */
async function offer(context: TestContext, baseUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-runners-'));
  context.after(() => rm(folder, { recursive: true }));
  const k6 = (await requireK6()).path;
  const children: ChildProcess[] = [];
  context.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const started = await Promise.all(
    Array.from({ length: runners }, async (_, index) => {
      const port = await freePort();
      const summaryPath = join(folder, `${index}.json`);
      const { args, env } = k6Arguments({
        baseUrl,
        load,
        policy: 'close',
        summaryPath,
        expectedBody: body,
        maxVus: 90,
        runners,
        extraArguments: [
          ...operatorArguments(index + 1, runners, 'test'),
          '--address',
          `127.0.0.1:${port}`,
          '--paused',
        ],
        environment: process.env,
      });
      const child = spawn(k6, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      children.push(child);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      return { port, summaryPath, ended: once(child, 'close').then(([code]) => ({ code, stderr })) };
    }),
  );
  await Promise.all(started.map(({ port }) => untilPaused(port)));
  await Promise.all(started.map(({ port }) => resume(port)));
  return Promise.all(
    started.map(async ({ summaryPath, ended }) => {
      const { code, stderr } = await ended;
      assert.equal(code, 0, stderr);
      return toLoadResult(JSON.parse(await readFile(summaryPath, 'utf8')));
    }),
  );
}

test('three k6 with the operator’s arguments offer together what one would: each arrival once, merged exactly', async (context) => {
  let requests = 0;
  const server = http.createServer((_request, response) => {
    requests += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const loads = await offer(context, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  // Each has a third of the arrivals, and none has another's.
  for (const { started, endedAtMs, completed, responseTime } of loads) {
    assert.ok(Math.abs(started - 302 / 3) <= 1, `${started}`);
    // An arrival's index is its place among all runners' arrivals: were it counted anew by each, the mean intended start
    // would be a third of the window, and not its middle.
    const middleMs = endedAtMs / completed - responseTime.mean;
    assert.ok(Math.abs(middleMs - 1000) < 10, `${middleMs}`);
  }
  const merged = mergeLoads(loads);
  assert.deepEqual(
    [merged.started, merged.dropped, merged.errored, merged.wrong, merged.completed],
    [302, 0, 0, 0, 302],
  );
  assert.equal(
    merged.histogram?.counts.reduce((sum, count) => sum + count, 0),
    302,
  );
  assert.equal(requests, 302);
});
