/**
 * Server and load generator on two hosts, as two network namespaces joined by a veth pair: what the kernel of the server's host
 * counts and what k6 counts on its own must still agree, and the stages must still add up.
 */
import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { checkIsolation, secondHostRefused } from '@acceptbench/probe/isolation';
import type { Load } from '@acceptbench/results/cell';
import { isMeasured, type MeasuredReplicate } from '@acceptbench/results/replicate';
import type { Link } from '@acceptbench/results/run';
import { unplaced } from '../src/placement.ts';
import { cli, readResults, resultsFolder } from './cli.ts';
import { live } from './live.ts';
import { oneOf } from './oneOf.ts';
import { descendantsOf } from './processes.ts';

const isolation = await checkIsolation();
const isolated = { skip: isolation.mode === 'none' && isolation.reason };
const wire: Link = { delayMs: 0, lossPercent: 0 };
const farAway: Link = { delayMs: 30, lossPercent: 0.5 };

/** More than the work allows, and fewer than a queue's places: nothing is dropped, so each law is exact. */
const overload: Load = {
  kind: 'constant-arrival-rate',
  ratePerSecond: 240,
  durationSeconds: 2,
  warmupRatePerSecond: 20,
  warmupSeconds: 1,
  mayOverload: true,
};
const work = { kind: 'wasm', iterations: 10_000_000 } as const;

/** Lives the overload over a link, until what is measured is as it must be: see `oneOf`. */
async function overloadOver(
  context: TestContext,
  runtime: string,
  link: Link,
  check: (replicate: MeasuredReplicate) => void,
  during = () => {},
): Promise<void> {
  const whenMeasured = (phase: string) => void (phase === 'measure' && during());
  await oneOf(
    context,
    () => live(context, runtime, { load: overload, work }, whenMeasured, unplaced, link),
    (replicate) => {
      assert.ok(isMeasured(replicate), JSON.stringify(replicate));
      check(replicate);
    },
  );
}

function law({ books }: MeasuredReplicate, name: string) {
  const found = books.find((book) => book.law === name);
  assert.ok(found !== undefined, `no law ${name}`);
  return found;
}

function meanOf({ stages }: MeasuredReplicate, name: string): number {
  return stages.find(({ stage }) => stage === name)?.meanMs ?? Number.NaN;
}

/** The network namespaces of k6 and of what else descends from this process, ours left out, by their links. */
function namespaces(): { k6: Set<string>; others: Set<string> } {
  const found = { k6: new Set<string>(), others: new Set<string>() };
  const ours = readlinkSync('/proc/self/ns/net');
  for (const { pid, command } of descendantsOf(process.pid)) {
    try {
      const link = readlinkSync(`/proc/${pid}/ns/net`);
      if (link !== ours) found[/^\S*k6 run /.test(command) ? 'k6' : 'others'].add(link);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

for (const runtime of ['node', 'bun', 'deno']) {
  test(`${runtime} overloaded from another host: the books close`, isolated, async (context) => {
    let seen: ReturnType<typeof namespaces> | undefined;
    const check = (replicate: MeasuredReplicate) => {
      const { acceptQueue, requests, notMeasured } = replicate;
      // k6 is in a namespace that is neither ours nor the server's, in which the holder of its own waits.
      assert.equal(seen?.k6.size, 1);
      assert.equal(seen?.others.size, 2);
      assert.ok(acceptQueue !== null);
      assert.match(acceptQueue.listeners[0]?.address ?? '', /^198\.18\.0\.1:\d+$/);
      assert.deepEqual([requests.started + requests.dropped, requests.failed], [480, 0]);
      for (const name of ['requests', 'requests-started', 'requests-ended', 'connections-opened']) {
        assert.equal(law(replicate, name).residual, 0, name);
      }
      assert.equal(law(replicate, 'connections-opened').left, requests.started);
      if (runtime === 'node') assert.equal(law(replicate, 'connections-accepted').residual, 0);
      const stages = law(replicate, 'stages');
      assert.ok(stages.holds, JSON.stringify(replicate.stages));
      // It was overloaded, and its kernel saw where they waited.
      assert.ok(stages.left > 50, `${stages.left}`);
      if (runtime !== 'deno') assert.ok(meanOf(replicate, 'accept-queue') > stages.left / 2);
      assert.ok(notMeasured.some((sentence) => sentence.startsWith('SYNs that the client sent again')));
      context.diagnostic(
        `k6 ${stages.left.toFixed(1)} ms = stages ${stages.right.toFixed(1)} ms, residual ${stages.residual.toFixed(2)}`,
      );
    };
    await overloadOver(context, runtime, wire, check, () => {
      seen = namespaces();
    });
  });
}

const refused = isolation.mode === 'none' ? isolation.reason : await secondHostRefused(farAway);
test('node far away, with loss: the way there is a stage too', {
  skip: refused ?? false,
}, async (context) => {
  await overloadOver(context, 'node', farAway, (replicate) => {
    // There and back for the handshake, and once more until the kernel counts it.
    assert.ok(meanOf(replicate, 'client-lag') + meanOf(replicate, 'resend') > 3 * farAway.delayMs);
    assert.ok(meanOf(replicate, 'reply') > farAway.delayMs);
    assert.ok(law(replicate, 'stages').holds, JSON.stringify(replicate.stages));
    assert.equal(law(replicate, 'connections-opened').residual, 0);
  });
});

test('two hosts are asked for by an option, and stand in the record', isolated, async (context) => {
  const results = resultsFolder(context);
  const smoke = ['run', '-e', 'smoke', '--runtime', 'node', '--retries', '0', '--results', results];
  for (const [flags, code, says] of [
    [['--two-hosts', '--no-isolate'], 2, /^--two-hosts is made of namespaces; leave out --no-isolate /],
    [['--two-hosts', 'delay=5'], 2, /--two-hosts "delay=5": can't read "delay=5"; accepted is /],
    ...(refused === null
      ? []
      : [[['--two-hosts', 'loss=1%'], 1, /^can't run --two-hosts: no delay or loss here: .+\n$/] as const]),
  ] as const) {
    const { code: got, stderr } = await cli(context, [...smoke, ...flags]);
    assert.deepEqual([got, says.test(stderr)], [code, true], stderr);
  }
  const { stdout, stderr } = await cli(context, [...smoke, '--two-hosts']);
  const { run, replicates, folder } = readResults(results);
  assert.deepEqual(run.isolation, { mode: 'namespace', link: wire }, stdout + stderr);
  assert.equal(replicates.filter(isMeasured).length, 1);
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  assert.match(report, /server and load generator in a network namespace each, joined by a veth pair/);
});

test('what a second host lacks is said in one line', isolated, async () => {
  assert.equal(await secondHostRefused(wire), null);
  if (refused !== null)
    assert.match(refused, /^no delay or loss here: nsenter .+ tc qdisc add .+ netem .+: .+$/);
});
