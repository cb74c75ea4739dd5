import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { requestText } from '@acceptbench/client/reply';
import { closed, parseStrictly, readBooks, type SampleLine, scrape, toBooks, untilBooks } from './books.ts';
import { once, RawConnection } from './client.ts';
import { bigWork, type Combination, dataBody, start } from './combination.ts';
import type { Server } from './process.ts';
import { inTime } from './waiting.ts';

/** What the metrics say, against what the client did. */
export async function metricsTests(t: TestContext, combination: Combination, server: Server): Promise<void> {
  await t.test('the metrics port serves text that is valid line by line, and 404 elsewhere', async () => {
    const reply = await scrape(server);
    assert.equal(reply.status, 200);
    assert.match(reply.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    const info = parseStrictly(reply.body).filter(({ name }) => name === 'acceptbench_server_info');
    const { event, url, metricsUrl, pid, ...facts } = server.listening;
    const labels = Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        String(value),
      ]),
    );
    assert.deepEqual(info, [{ name: 'acceptbench_server_info', labels, value: 1 }]);
    for (const target of ['/', '/metric', '/metrics/', '/data']) {
      assert.equal((await scrape(server, target)).status, 404, target);
    }
  });

  await t.test('OpenMetrics is served where Accept asks for it, with the same figures', async () => {
    // At rest: an end that is counted late would part them.
    await untilBooks(server, 'the books of what came before close', closed);
    const reply = await scrape(server, '/metrics', 'application/openmetrics-text; version=1.0.0');
    assert.match(reply.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
    assert.ok(reply.body.endsWith('# EOF\n'));
    assert.deepEqual(toBooks(parseStrictly(reply.body)), await readBooks(server));
  });

  await t.test('the main port gives the same series under /metrics', async () => {
    const own = parseStrictly((await once(server.url, '/metrics')).body);
    const nameOf = ({ name, labels }: SampleLine) => `${name} ${JSON.stringify(labels)}`;
    assert.deepEqual(own.map(nameOf), parseStrictly((await scrape(server)).body).map(nameOf));
  });

  await t.test('histograms are cumulative and end in their count', async () => {
    const samples = parseStrictly((await scrape(server)).body);
    const series = new Map<string, number[]>();
    for (const { name, labels, value } of samples) {
      if (!name.endsWith('_bucket')) continue;
      const { le = '', ...rest } = labels;
      const key = `${name.slice(0, -'_bucket'.length)} ${JSON.stringify(rest)}`;
      const values = series.get(key) ?? [];
      if (le === '+Inf') {
        const count = samples.find(
          (other) =>
            key === `${other.name.replace(/_count$/, '')} ${JSON.stringify(other.labels)}` &&
            other.name.endsWith('_count'),
        );
        assert.equal(value, count?.value, key);
      }
      series.set(key, [...values, value]);
    }
    assert.ok(series.size > 0);
    for (const [key, values] of series)
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
        key,
      );
  });

  await t.test('the counts are those of the requests made', async () => {
    const before = await untilBooks(server, 'the books of what came before close', closed);
    const targets = ['/data', '/data', '/data', '/healthz', '/nope'];
    const connection = await RawConnection.open(server.url);
    for (const target of targets) await connection.get(target);
    for (const target of targets) await once(server.url, target);
    const open = await untilBooks(
      server,
      'all ten are counted',
      ({ finished, active }) => finished >= before.finished + 10 && active === 0,
    );
    assert.equal(open.started - before.started, 10);
    assert.equal(open.aborted - before.aborted, 0);
    assert.equal(open.worked - before.worked, 6);
    connection.close();
    const after = await untilBooks(server, 'the books close', closed);
    if (combination.manifest.runtime === 'node' || combination.api === 'node-http') {
      assert.equal((after.accepted ?? Number.NaN) - (before.accepted ?? Number.NaN), 6);
    } else {
      assert.equal(after.accepted, undefined, 'absent, never zero, where the runtime does not tell');
      assert.equal(after.closed, undefined);
    }
  });

  await t.test('a scrape is answered while the server is busy with a request', async (sub) => {
    const busy = await start(sub, combination, { WORK: bigWork });
    let asked = 0;
    await inTime('a scrape comes before the reply', async () => {
      asked += 1;
      const connection = await RawConnection.open(busy.url);
      connection.send(requestText('/data'));
      const during = await untilBooks(busy, 'it has started', ({ started }) => started === asked);
      // Order, not time: the scrape says that the reply is still to come, and none of it has.
      const isDuring = during.active === 1 && during.finished === asked - 1 && connection.unread === '';
      assert.equal((await connection.reply()).body, dataBody(bigWork));
      connection.close();
      await untilBooks(busy, 'the books close', (books) => closed(books) && books.finished === asked);
      return isDuring;
    });
  });
}
