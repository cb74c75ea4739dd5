import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseFamilies } from '@acceptbench/metrics/families';
import { CannotRunError } from '../exitCodes.ts';
import { startGateway } from './gateway.ts';
import { dashboardLink } from './link.ts';
import { checkPrometheus } from './prometheus.ts';
import { startLive } from './session.ts';
import { writeTargets } from './targets.ts';

function folder(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'acceptbench-live-'));
  context.after(() => rmSync(made, { recursive: true }));
  return made;
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers as a Prometheus of this version does. */
const prometheus =
  (version: string, flags: string, write = 400): RequestListener =>
  ({ url = '' }, response) => {
    const bodies: Record<string, unknown> = {
      '/api/v1/status/buildinfo': { data: { version } },
      '/api/v1/status/flags': { data: { 'enable-feature': flags } },
    };
    response.statusCode = url === '/api/v1/write' ? write : 200;
    response.end(JSON.stringify(bodies[url] ?? {}));
  };

test('a Prometheus is usable when it takes what k6 pushes, and says why when it does not', async (context) => {
  const check = async (listener: RequestListener) => checkPrometheus(await serve(context, listener));
  assert.deepEqual(await check(prometheus('2.42.0', 'native-histograms')), {
    state: 'ready',
    version: '2.42.0',
  });
  assert.deepEqual(await check(prometheus('3.9.1', '')), { state: 'ready', version: '3.9.1' });
  for (const [listener, says] of [
    [
      prometheus('2.42.0', ''),
      /2\.42\.0 takes native histograms with --enable-feature=native-histograms only/,
    ],
    [prometheus('3.7.3', 'exemplar-storage'), /native-histograms/],
    [prometheus('3.9.1', '', 404), /--web\.enable-remote-write-receiver/],
    [prometheus('3.9.1', '', 401), /who writes/],
    [(_, response) => response.writeHead(503).end(), /-\/ready answers 503/],
  ] as [RequestListener, RegExp][]) {
    const state = await check(listener);
    assert.ok(state.state === 'unusable');
    assert.match(state.reason, says);
  }
  const nobody = await checkPrometheus('http://127.0.0.1:9');
  assert.ok(nobody.state === 'unusable');
});

test('credentials in the URL reach Prometheus as a header', async (context) => {
  const asked: (string | undefined)[] = [];
  const url = await serve(context, (request, response) => {
    asked.push(request.headers.authorization);
    prometheus('3.9.1', '')(request, response);
  });
  const state = await checkPrometheus(url.replace('//', '//me:s%40y@'));
  assert.equal(state.state, 'ready');
  assert.equal(asked[0], `Basic ${Buffer.from('me:s@y').toString('base64')}`);
});

test('the address of a run gives its replicates, one after the other, and the last metrics of each once', async (context) => {
  const gateway = await startGateway('127.0.0.1', 0);
  context.after(() => gateway.close());
  const scrape = async () => {
    const headers = { 'x-prometheus-scrape-timeout-seconds': '30' };
    const { families, unread } = parseFamilies(await (await fetch(gateway.url, { headers })).text());
    assert.equal(unread, 0);
    return families.map(({ name, series }) => `${name} ${series.map(({ labels }) => labels.cell).join()}`);
  };
  assert.deepEqual(await scrape(), []);
  assert.notEqual(gateway.lastScrapeMs, null);
  gateway.setRun('r', 'smoke');
  gateway.setReplicate(await serve(context, (_, response) => response.end('a{cell="1"} 1\nnonsense{\n')));
  assert.deepEqual(await scrape(), ['acceptbench_run_info ', 'a 1']);
  gateway.endReplicate('a{cell="1"} 2\n');
  gateway.setReplicate(await serve(context, (_, response) => response.end('a{cell="2"} 1\n')));
  assert.equal(gateway.isRead(), false);
  assert.deepEqual(await scrape(), ['acceptbench_run_info ', 'a 1,2']);
  assert.equal(gateway.isRead(), true);
  assert.deepEqual(await scrape(), ['acceptbench_run_info ', 'a 2']);
  gateway.setReplicate('http://127.0.0.1:9');
  assert.deepEqual(await scrape(), ['acceptbench_run_info ']);
});

test('a replicate that does not answer costs its own metrics only', { timeout: 120_000 }, async (context) => {
  const gateway = await startGateway('127.0.0.1', 0);
  context.after(() => gateway.close());
  gateway.endReplicate('a 2\n');
  gateway.setReplicate(await serve(context, () => {}));
  const headers = { 'x-prometheus-scrape-timeout-seconds': '0.25' };
  const text = await (await fetch(gateway.url, { headers, signal: AbortSignal.timeout(60_000) })).text();
  assert.match(text, /^a 2$/m);
});

test('what Prometheus is to read is a whole file, and goes when the run goes', async (context) => {
  const into = join(folder(context), 'targets');
  const targets = await writeTargets(into, '[::1]:9466');
  assert.deepEqual(readdirSync(into), ['-1-9466.json']);
  assert.deepEqual(JSON.parse(readFileSync(targets.file, 'utf8')), [{ targets: ['[::1]:9466'] }]);
  await targets.remove();
  await targets.remove();
  assert.deepEqual(readdirSync(into), []);
});

test('a link has the run and its time', () => {
  assert.equal(
    dashboardLink('https://grafana.example/sub', '2026-01-31T12-00-00Z-quick', {
      fromMs: 10_000.6,
      toMs: 20_000.4,
    }),
    'https://grafana.example/sub/d/acceptbench-run?var-run=2026-01-31T12-00-00Z-quick&from=8000&to=22001',
  );
  assert.match(dashboardLink('http://127.0.0.1:3000', 'r', { fromMs: 2000 }), /var-run=r&from=0&to=now$/);
});

test('a session leaves nothing behind, and says what it can’t do', async (context) => {
  const url = await serve(context, prometheus('3.9.1', ''));
  const targetsFolder = folder(context);
  const said: string[] = [];
  const options = {
    url: url.replace('//', '//me:secret@'),
    required: true,
    listen: { host: '127.0.0.1', port: 0 },
    targetsFolder,
    grafana: 'http://127.0.0.1:3000',
  };
  const live = await startLive(options, (line) => said.push(line));
  assert.ok(live !== undefined);
  const [target] = readdirSync(targetsFolder);
  live.begin('run', 'smoke');
  await live.end();
  assert.equal(existsSync(join(targetsFolder, target ?? '')), false);
  assert.doesNotMatch(said.join('\n'), /secret/);
  assert.match(said.at(-1) ?? '', /var-run=run&from=\d+&to=\d+$/);

  writeFileSync(join(targetsFolder, 'file'), '');
  const unwritable = { ...options, targetsFolder: join(targetsFolder, 'file') };
  await assert.rejects(
    startLive(unwritable, () => {}),
    CannotRunError,
  );
  const taken = { ...options, listen: { host: '127.0.0.1', port: Number(new URL(url).port) } };
  await assert.rejects(
    startLive(taken, () => {}),
    /EADDRINUSE.*--live-listen/,
  );
  const without = await startLive({ ...options, url: 'http://127.0.0.1:9', required: false }, (line) =>
    said.push(line),
  );
  assert.equal(without, undefined);
  assert.match(said.at(-1) ?? '', /^not live: .*the run goes on without it$/);
});
