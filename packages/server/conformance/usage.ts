import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { type Env, runToEnd } from './process.ts';

const refused: readonly [string, Env, readonly string[], RegExp][] = [
  ['WORKERS=0', { WORKERS: '0' }, [], /^WORKERS: got "0", accepted is /],
  ['WORK=x', { WORK: 'x' }, [], /^WORK: got "x", accepted is /],
  ['TOPOLOGY=x', { TOPOLOGY: 'x' }, [], /^TOPOLOGY: got "x", accepted is /],
  ['API=x', { API: 'x' }, [], /^API: got "x", accepted is /],
  ['PORT=99999', { PORT: '99999' }, [], /^PORT: got "99999", accepted is /],
  ['HOST=:::', { HOST: ':::' }, [], /^HOST: got ":::", accepted is /],
  ['--nope', {}, ['--nope'], /--nope/],
];

/** What a server does with options it can't use; the same for every API and topology, so once a manifest. */
export async function usageTests(t: TestContext, manifestUrl: URL): Promise<void> {
  await Promise.all(
    refused.map(([name, env, args, line]) =>
      t.test(`${name}: exit 2, one line on stderr, nothing on stdout`, async () => {
        const { code, stdout, stderr } = await runToEnd(manifestUrl, env, args);
        assert.equal(code, 2, stderr.join(' | '));
        assert.deepEqual(stdout, []);
        assert.equal(stderr.length, 1, stderr.join(' | '));
        assert.match(stderr[0] ?? '', line);
      }),
    ),
  );

  for (const variable of ['PORT', 'METRICS_PORT']) {
    await t.test(`${variable} in use: exit 1, one line that names it`, async (sub) => {
      const port = await takePort(sub);
      const { code, stdout, stderr } = await runToEnd(manifestUrl, { [variable]: String(port) });
      assert.equal(code, 1, stderr.join(' | '));
      assert.deepEqual(stdout, []);
      assert.equal(stderr.length, 1, stderr.join(' | '));
      assert.match(stderr[0] ?? '', new RegExp(`\\b${variable}\\b.*\\b${port}\\b`));
    });
  }

  await t.test('--help: exit 0, on stdout', async () => {
    const { code, stdout, stderr } = await runToEnd(manifestUrl, {}, ['--help']);
    assert.equal(code, 0);
    assert.deepEqual(stderr, []);
    assert.ok(stdout.some((line) => line.includes('--queue-limit')));
  });
}

/** A port that somebody else listens on, until the test is over. */
async function takePort(t: TestContext): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const address = other.address();
  if (address === null || typeof address === 'string')
    throw new Error('the other listener has no TCP address');
  return address.port;
}
