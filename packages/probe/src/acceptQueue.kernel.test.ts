import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, test } from 'node:test';
import { acceptedSoFar, totalQueue } from '@acceptbench/results/accepted';
import type { KernelSample } from '@acceptbench/results/sample';
import { testInNamespace } from '../test/inNamespace.ts';
import {
  end,
  openConnections,
  poll,
  startBlockedListener,
  startDeferringListener,
} from '../test/kernelTruth.ts';
import { openCounters, readCounters } from './counters.ts';
import { openHalfOpenCounter } from './halfOpen.ts';
import { readHost, readSysctls } from './host.ts';
import { readIsolatedSysctls } from './isolation.ts';
import { placeGuards } from './listenGuard.ts';
import { readListenLimits } from './listenLimit.ts';
import { type ListenTable, openListenTable } from './listenTable.ts';
import { parseProcNetTcp } from './procNetTcp.ts';
import { startSampler } from './sampler.ts';

const SOMAXCONN = 200;
const cleanups: (() => unknown)[] = [];

function later<T>(value: T, cleanup: (value: T) => unknown): T {
  cleanups.push(() => cleanup(value));
  return value;
}

async function listener(options: Parameters<typeof startBlockedListener>[0]) {
  const started = await startBlockedListener(options);
  cleanups.push(() => end(started.process));
  return started;
}

async function connections(port: number, n: number, host?: string) {
  later(await openConnections(port, n, host), (sockets) =>
    sockets.forEach((socket) => {
      socket.destroy();
    }),
  );
}

function open(...ports: number[]): ListenTable {
  return later(openListenTable({ ports }), (table) => table.close());
}

/** Reads are cheap from now on. */
async function guard(table: ListenTable, ...ports: number[]): Promise<void> {
  const { notes } = later(await placeGuards(ports), (guards) => guards.close());
  assert.deepEqual(notes, []);
  table.read();
  assert.equal(table.isCheap(), true);
}

const queues = (table: ListenTable) => table.read().map(({ queue }) => queue);

/** A client may know of its connection a moment before it is in the queue. */
const untilQueues = (table: ListenTable, wanted: readonly number[]) =>
  poll(
    () => queues(table),
    (seen) => seen.join() === wanted.join(),
  );

await testInNamespace('the kernel’s accept queues', import.meta.url, SOMAXCONN, () => {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  for (const n of [0, 1, 7, 128]) {
    test(`a listener that never accepts shows ${n} waiting`, async () => {
      const { port } = await listener({});
      const table = open(port);
      await connections(port, n);
      const [sample, ...others] = await poll(
        () => table.read(),
        ([first]) => first?.queue === n,
      );
      assert.deepEqual(others, []);
      assert.deepEqual(sample, { address: `127.0.0.1:${port}`, inode: sample?.inode, queue: n });
      assert.ok((sample?.inode ?? 0) > 0);
    });
  }

  test('the queue is followed as it grows, by cheap reads', async () => {
    const { port } = await listener({});
    const table = open(port);
    table.read();
    await guard(table, port);
    const scans = table.scans();
    for (let n = 0; n <= 30; n++) {
      assert.deepEqual(await untilQueues(table, [n]), [n]);
      await connections(port, 1);
    }
    assert.equal(table.scans(), scans);
    assert.deepEqual(table.notes(), []);
  });

  test('IPv4 and IPv6 listeners on one port are both shown', async () => {
    const { port } = await listener({});
    await listener({ host: '::1', port });
    const table = open(port);
    await connections(port, 2);
    await connections(port, 5, '::1');
    const wanted = [
      [`127.0.0.1:${port}`, 2],
      [`[::1]:${port}`, 5],
    ];
    await untilQueues(table, [2, 5]);
    assert.deepEqual(
      table.read().map(({ address, queue }) => [address, queue]),
      wanted,
    );
    await guard(table, port);
    assert.deepEqual(
      table.read().map(({ address, queue }) => [address, queue]),
      wanted,
    );
  });

  test('two SO_REUSEPORT listeners show their own queues', async () => {
    const { port } = await listener({ reusePort: true });
    await listener({ port, reusePort: true });
    const table = open(port);
    await connections(port, 60);
    const samples = await poll(
      () => table.read(),
      (all) => all.reduce((sum, { queue }) => sum + queue, 0) === 60,
    );
    assert.equal(samples.length, 2);
    assert.equal(new Set(samples.map(({ inode }) => inode)).size, 2);
    assert.equal(
      samples.reduce((sum, { queue }) => sum + queue, 0),
      60,
    );
    // The kernel spreads by a hash of the four addresses: none of 60 at one of two is one chance in 2^59.
    assert.ok(samples.every(({ queue }) => queue > 0));
  });

  test('listeners that come and go are noticed', async () => {
    const first = await listener({ reusePort: true });
    const table = open(first.port);
    assert.equal(table.read().length, 1);
    await guard(table, first.port);
    const second = await listener({ port: first.port, reusePort: true });
    assert.equal(
      (
        await poll(
          () => table.read(),
          (samples) => samples.length === 2,
        )
      ).length,
      2,
    );
    await end(first.process);
    await connections(first.port, 3);
    assert.deepEqual(await untilQueues(table, [3]), [3]);
    await end(second.process);
    assert.deepEqual(queues(table), []);
  });

  test('more listeners than a page has rows are all shown', async () => {
    const servers = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const server = later(createServer(), (one) => one.close());
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return server;
      }),
    );
    const mine = new Set(servers.map((server) => Number(Object(server.address()).port)));
    const inOrder = parseProcNetTcp(readFileSync('/proc/net/tcp', 'latin1')).rows.map(({ port }) => port);
    // Twenty stand behind those that are wanted, so no guard is needed.
    const ports = inOrder.filter((port) => mine.has(port)).slice(0, 40);
    const table = open(...ports);
    const seen = () => table.read().map(({ address }) => Number(address.split(':')[1]));
    assert.deepEqual(seen(), ports);
    assert.equal(table.isCheap(), true);
    const scans = table.scans();
    assert.deepEqual(seen(), ports);
    assert.equal(table.scans(), scans);
  });

  test('silent connections under a deferring listener are half-open, and none of them is in the queue', async () => {
    const { port, process: bun } = await startDeferringListener();
    cleanups.push(() => end(bun));
    const table = open(port);
    const halfOpen = later(openHalfOpenCounter([port]), (counter) => counter.close());
    const before = readCounters().deferAcceptDrop ?? Number.NaN;
    assert.equal(halfOpen.count(), 0);
    await connections(port, 9);
    assert.equal(
      await poll(
        () => halfOpen.count(),
        (n) => n === 9,
      ),
      9,
    );
    assert.deepEqual(queues(table), [0]);
    assert.equal((readCounters().deferAcceptDrop ?? Number.NaN) - before, 9);
    // Those of another port are not counted.
    const other = later(openHalfOpenCounter([port === 65_535 ? 1 : port + 1]), (counter) => counter.close());
    assert.equal(other.count(), 0);
  });

  test('the sampler counts half-open connections where a listener defers, and only there', async () => {
    const { port, process: bun } = await startDeferringListener();
    cleanups.push(() => end(bun));
    const plain = await listener({});
    const counts = async (watched: number, opened: number) => {
      const seen: (number | null)[] = [];
      const sampler = await startSampler({
        ports: [watched],
        serverPid: process.pid,
        cpuPeriodMs: 5,
        onSample: (sample) => void (sample.kind === 'cpu' && seen.push(sample.halfOpen)),
      });
      later(sampler, ({ close }) => close());
      await connections(watched, opened);
      await poll(
        () => seen.length,
        (n) => n >= 20,
      );
      await sampler.stop();
      return seen.filter((count) => count !== null);
    };
    assert.deepEqual(await counts(plain.port, 3), []);
    const seen = await counts(port, 3);
    // After a second they are let in.
    assert.ok(seen.some((count) => count >= 1) && seen.every((count) => count <= 3), seen.join());
  });

  test('a backlog of 4 holds 5, and the next is an overflow', async () => {
    const { port } = await listener({ backlog: 4 });
    const table = open(port);
    const before = readCounters();
    await connections(port, 5);
    assert.deepEqual(await untilQueues(table, [5]), [5]);
    assert.equal(readCounters().listenOverflows, before.listenOverflows);
    const opening = openConnections(port, 1);
    const overflows = () =>
      (readCounters().listenOverflows ?? Number.NaN) - (before.listenOverflows ?? Number.NaN);
    // It is sent again a second later, and is one more then.
    assert.ok((await poll(overflows, (n) => n > 0)) >= 1);
    assert.deepEqual(queues(table), [5]);
    assert.equal(readCounters().passiveOpens, (before.passiveOpens ?? Number.NaN) + 5);
    // Its SYN finds nobody in the end, and the attempt is refused.
    opening.catch(() => undefined);
  });

  for (const { accepts, opened } of [
    { accepts: 1, opened: 40 },
    { accepts: 17, opened: 40 },
    { accepts: 40, opened: 40 },
  ]) {
    test(`accepted is exactly ${accepts} when the listener takes ${accepts} of ${opened}`, async () => {
      const { port } = await listener({ accept: accepts });
      const table = open(port);
      const counters = later(openCounters(), (files) => files.close());
      const sample = (): KernelSample => ({
        kind: 'kernel',
        atMs: 0,
        listeners: table.read(),
        counters: counters.read(),
      });
      const before = sample();
      await connections(port, opened);
      const after = await poll(sample, (one) => totalQueue(one) === opened - accepts);
      assert.equal((acceptedSoFar(after) ?? 0) - (acceptedSoFar(before) ?? 0), accepts);
    });
  }

  test('the limit is min(backlog, somaxconn), by inode', async () => {
    const small = await listener({ backlog: 50 });
    const large = await listener({ backlog: 511, host: '::1' });
    assert.equal(readHost().sysctls['net.core.somaxconn'], String(SOMAXCONN));
    const { limits } = await readListenLimits([small.port, large.port]);
    const samples = open(small.port, large.port).read();
    assert.deepEqual(
      samples.map(({ address, inode }) => ({
        address,
        limit: limits?.find((limit) => limit.inode === inode)?.limit,
      })),
      [
        { address: `127.0.0.1:${small.port}`, limit: 50 },
        { address: `[::1]:${large.port}`, limit: SOMAXCONN },
      ],
    );
    assert.deepEqual(
      limits?.map(({ address }) => address).toSorted(),
      samples.map(({ address }) => address).toSorted(),
    );
  });

  test('a fresh namespace has settings of its own, and they are read there', async () => {
    const { sysctls, reason } = await readIsolatedSysctls();
    assert.equal(reason, null);
    assert.deepEqual(Object.keys(sysctls ?? {}), Object.keys(readSysctls()));
    assert.equal(readSysctls()['net.core.somaxconn'], String(SOMAXCONN));
    assert.match(sysctls?.['net.core.somaxconn'] ?? '', /^\d+$/);
    assert.notEqual(sysctls?.['net.core.somaxconn'], String(SOMAXCONN));
  });
});
