import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Combination, smallWork, start } from './combination.ts';
import type { Server } from './process.ts';

const sharings = {
  inline: ['single'],
  offload: ['single'],
  reuseport: ['sharded'],
  'reuseport-offload': ['sharded'],
  prefork: ['sharded', 'round-robin'],
} as const;

/** What a server says of itself when it listens is what was asked for, and is true. */
export function assertFacts({ manifest, api, topology }: Combination, server: Server): void {
  const { url, metricsUrl, pid, version, sharing, effectiveBacklog, backlogSource, ...rest } =
    server.listening;
  const one = topology === 'inline' || topology === 'offload';
  assert.deepEqual(rest, {
    event: 'listening',
    runtime: manifest.runtime,
    api,
    topology,
    workers: topology === 'inline' ? 1 : 2,
    listeners: one ? 1 : 2,
    work: smallWork,
  });
  assert.match(url, /^http:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  assert.match(metricsUrl, /^http:\/\/127\.0\.0\.1:[1-9][0-9]*\/metrics$/);
  assert.notEqual(new URL(url).port, new URL(metricsUrl).port);
  assert.equal(pid, server.pid);
  assert.match(version, /^[0-9]+\.[0-9]+\.[0-9]+/);
  assert.ok(
    sharings[topology].some((accepted) => accepted === sharing),
    sharing,
  );
  assert.ok(backlogSource === 'kernel' || backlogSource === 'asked for', backlogSource);
  const somaxconn = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  const listeners = sharing === 'sharded' ? 2 : 1;
  assert.ok(Number.isInteger(effectiveBacklog), `${effectiveBacklog}`);
  assert.ok(
    effectiveBacklog >= listeners && effectiveBacklog <= somaxconn * listeners,
    `${effectiveBacklog}`,
  );
}

/** A backlog that no runtime has by itself, and that no somaxconn cuts. */
const askedBacklog = 16;

/** BACKLOG is what the kernel has at each listener, or the server says that it was ignored. */
export async function backlogTest(t: TestContext, combination: Combination): Promise<void> {
  await t.test('BACKLOG is in force, or the server says that it is not', async (sub) => {
    const server = await start(sub, combination, { BACKLOG: String(askedBacklog), WORK: 'none' });
    const { effectiveBacklog, backlogSource, backlogIgnored = false, sharing } = server.listening;
    assert.equal(backlogSource, 'kernel');
    const isInForce = effectiveBacklog === askedBacklog * (sharing === 'sharded' ? 2 : 1);
    assert.equal(
      backlogIgnored,
      !isInForce,
      `each listener asked for ${askedBacklog}, all have ${effectiveBacklog}`,
    );
  });
}
