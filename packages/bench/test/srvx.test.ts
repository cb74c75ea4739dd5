import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';
import { aCell } from '@acceptbench/report/testing';
import type { Cell } from '@acceptbench/results/cell';
import { pathWithRuntimes } from '../src/paths.ts';
import { NotOfferedError } from '../src/replicate/error.ts';
import { startServer } from '../src/replicate/server.ts';
import { verifyRoutes } from '../src/replicate/verify.ts';
import { readServers } from '../src/servers.ts';
import { calmLoad } from './fixtures/counts.ts';

const cell: Cell = aCell({
  work: { kind: 'wasm', iterations: 1000 },
  load: { kind: 'constant-arrival-rate', ...calmLoad },
});

for (const runtime of ['node', 'bun', 'deno']) {
  test(`a server that is not ours takes part by its manifest, on ${runtime}`, async (context) => {
    const name = `srvx-${runtime}`;
    const file = fileURLToPath(new URL(`../../../examples/srvx/${name}.json`, import.meta.url));
    const server = (await readServers([file])).get(name);
    assert.ok(server !== undefined);
    const start = (change: Partial<Cell> = {}) =>
      startServer({
        ...server,
        cell: { ...cell, ...change, runtime: name },
        host: '127.0.0.1',
        port: 0,
        startSeconds: 20,
        path: pathWithRuntimes(process.env.PATH),
        prefix: [],
      });
    const { child, facts, stop } = await start();
    context.after(() => child.kill('SIGKILL'));
    assert.equal(facts.runtime, runtime);
    await verifyRoutes(facts.url, dataReply(createWork(cell.work)()).body);
    assert.deepEqual(await stop(), { event: 'drained', complete: true });
    await assert.rejects(
      start({ topology: 'offload' }),
      (error) => error instanceof NotOfferedError && /got native, offload, 1/.test(error.message),
    );
  });
}
