import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mergeLoads } from '@acceptbench/report/mergeLoads';
import { requireK6 } from '../src/k6.ts';
import { answering, withJson } from './answering.ts';
import { offeredWhole, offerTogether } from './together.ts';

const body = JSON.stringify({ street: 'Main Street', city: 'Springfield', count: 3 });
const load = {
  kind: 'constant-arrival-rate',
  ratePerSecond: 151,
  durationSeconds: 2,
  warmupSeconds: 0,
  warmupRatePerSecond: 0,
} as const;

/** Runs the load on three k6, with the operator's own arguments, resumed together. */
async function offer(context: TestContext, baseUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'acceptbench-runners-'));
  context.after(() => rm(folder, { recursive: true }));
  const abort = new AbortController();
  context.after(() => abort.abort());
  return offerTogether({
    k6Path: (await requireK6()).path,
    runners: 3,
    folder,
    signal: abort.signal,
    baseUrl,
    load,
    policy: 'close',
    expectedBody: body,
    // As many as arrive, so that none is dropped where the machine stands still for a while.
    maxVus: 302,
  });
}
test('three k6 with the operator’s arguments offer together what one would: each arrival once, merged exactly', async (context) => {
  const { url, requests } = await answering(context, withJson(body));
  const { before, loads } = await offeredWhole(302, async () => ({
    before: requests(),
    loads: await offer(context, url),
  }));
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
  assert.equal(requests() - before, 302);
});
