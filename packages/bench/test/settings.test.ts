import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkIsolation } from '@acceptbench/probe/isolation';
import { isMeasured } from '@acceptbench/results/replicate';
import { allowedCpus } from '../src/placement.ts';
import { live } from './live.ts';
import { descendantsOf, survivors } from './processes.ts';

const linux = { skip: process.platform !== 'linux' && 'Linux only' };
const isolation = await checkIsolation();
const isolated = { skip: isolation.mode === 'none' && isolation.reason };

/** The CPUs of the descendant whose command is looked for. */
function cpusOf(command: RegExp): string | undefined {
  const found = descendantsOf(process.pid).find((one) => command.test(one.command));
  if (found === undefined) return undefined;
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${found.pid}/status`, 'utf8'))?.[1];
}

test('server and k6 stay on the CPUs that they are given', linux, async (context) => {
  const all = allowedCpus();
  const first = all[0] ?? 0;
  const last = all.at(-1) ?? 0;
  const seen: (string | undefined)[] = [];
  const replicate = await live(
    context,
    'node',
    {},
    (phase) => {
      if (phase === 'measure') seen.push(cpusOf(/^\S*k6 run /), cpusOf(/^node \S*main\.ts/));
    },
    { server: [last], load: [first] },
  );
  assert.notEqual(replicate.outcome, 'failed', JSON.stringify(replicate));
  assert.deepEqual(seen, [String(first), String(last)]);
});

for (const runtime of ['node', 'bun', 'deno']) {
  test(`net.core.somaxconn of a cell limits the queue of ${runtime}`, isolated, async (context) => {
    const replicate = await live(context, runtime, { somaxconn: 16 });
    assert.ok(isMeasured(replicate), JSON.stringify(replicate));
    assert.deepEqual(
      replicate.acceptQueue?.listeners.map(({ limit }) => limit),
      [16],
    );
    const reasons = replicate.outcome === 'invalid' ? replicate.reasons : [];
    assert.equal(
      reasons.find(({ gate }) => gate === 'topology'),
      undefined,
    );
  });
}

test('a runtime that ignores the listen argument does not offer the backlog', linux, async (context) => {
  const bun = await live(context, 'bun', { backlog: 64 });
  assert.equal(bun.outcome, 'not-offered', JSON.stringify(bun));
  assert.equal(
    bun.outcome === 'not-offered' && bun.reason,
    'bun does not take a listen backlog of 64: the kernel shows 512',
  );
  const node = await live(context, 'node', { backlog: 64 });
  assert.ok(isMeasured(node), JSON.stringify(node));
  assert.equal(node.acceptQueue?.limit, 64);
});

test(
  'a namespace that can’t be made ready is a failed replicate that says why, and nothing of it stays',
  isolated,
  async (context) => {
    const replicate = await live(context, 'node', { somaxconn: 2 ** 31 });
    assert.equal(replicate.outcome, 'failed');
    if (replicate.outcome !== 'failed') return;
    assert.equal(replicate.phase, 'isolate');
    assert.match(
      replicate.error,
      /^Cannot set net\.core\.somaxconn to 2147483648: it is an integer from 1 to/,
    );
    assert.deepEqual(await survivors(descendantsOf(process.pid)), []);
  },
);
