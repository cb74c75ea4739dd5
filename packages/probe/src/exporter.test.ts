import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseFamilies } from '@acceptbench/metrics/families';
import { startProbe } from './exporter.ts';
import { startExporter } from './exporterServer.ts';

const listener = fileURLToPath(new URL('../test/blockedListener.ts', import.meta.url));
const linux = { skip: process.platform === 'linux' ? false : 'only Linux shows accept queues' };

test('the probe shows a server that runs already: queue, limit, counters, CPU', linux, async (context) => {
  const ended = new AbortController();
  context.after(() => ended.abort());
  // Listens, and then never accepts: its loop is blocked.
  const blocked = execFile(
    process.execPath,
    [listener, '127.0.0.1', '0', '2'],
    { signal: ended.signal },
    () => {},
  );
  const [line] = await once(blocked.stdout?.setEncoding('utf8') ?? process.stdin, 'data');
  const port = Number(line);
  const probe = await startProbe({
    ports: [port],
    pid: blocked.pid ?? 0,
    host: '127.0.0.1',
    port: 0,
    periodMs: 20,
  });
  context.after(() => probe.close());
  const clients = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
  context.after(() => clients.forEach((client) => void client.destroy()));
  await Promise.all(clients.map((client) => once(client, 'connect')));

  const seen = await until(async () => {
    const families = await scrape(probe.url);
    const find = (name: string) => families.find((family) => family.name === name)?.series[0];
    const full = find('acceptbench_accept_queue_full_seconds_total');
    const isFull = full !== undefined && full.value > 0;
    return isFull && find('acceptbench_accept_queue_length')?.value === 3 ? find : null;
  });
  const queue = seen('acceptbench_accept_queue_length');
  assert.equal(queue?.value, 3);
  assert.equal(queue.labels.address, `127.0.0.1:${port}`);
  assert.equal(seen('acceptbench_accept_queue_limit')?.value, 2);
  assert.ok((seen('acceptbench_accept_queue_connection_seconds_total')?.value ?? 0) > 0);
  assert.ok((seen('acceptbench_kernel_connections_opened_total')?.value ?? 0) >= 3);
  assert.ok((seen('acceptbench_process_cpu_seconds_total')?.value ?? 0) > 0);
  assert.deepEqual(probe.listeners(), { count: 1, limit: 2 });
  assert.deepEqual(probe.notMeasured(), []);
});

test('/metrics and nothing else, in the format that was asked for', async (context) => {
  const family = { name: 'a_total', help: 'h', type: 'counter' as const, series: [{ labels: {}, value: 1 }] };
  const exporter = await startExporter({ host: '::1', port: 0, families: () => [family] });
  context.after(() => exporter.close());
  assert.match(exporter.url, /^http:\/\/\[::1\]:\d+\/metrics$/);
  const text = await (await fetch(exporter.url)).text();
  assert.equal(text, '# HELP a_total h\n# TYPE a_total counter\na_total 1\n');
  const open = await fetch(exporter.url, { headers: { accept: 'application/openmetrics-text' } });
  assert.equal(await open.text(), '# HELP a h\n# TYPE a counter\na_total 1\n# EOF\n');
  assert.equal(exporter.scrapes, 2);
  assert.equal((await fetch(new URL('/', exporter.url))).status, 404);
  assert.equal((await fetch(exporter.url, { method: 'POST' })).status, 405);
  assert.equal(exporter.scrapes, 2);
});

test('a port that is taken is an error that says so', async (context) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  context.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  await assert.rejects(
    startProbe({ ports: [1], host: '127.0.0.1', port, periodMs: 100 }),
    /EADDRINUSE.*127\.0\.0\.1/,
  );
});

async function scrape(url: string) {
  const { families, unread } = parseFamilies(await (await fetch(url)).text());
  assert.equal(unread, 0);
  return families;
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    assert.ok(Date.now() < deadline, 'it did not come in 60 s');
    await delay(20);
  }
}
