import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkIsolation } from '@acceptbench/probe/isolation';
import { aCell } from '@acceptbench/report/testing';
import type { Cell } from '@acceptbench/results/cell';
import { Replicate } from '@acceptbench/results/replicate';
import type { Isolation, Link, Placement } from '@acceptbench/results/run';
import { requireK6 } from '../src/k6.ts';
import { pathWithRuntimes } from '../src/paths.ts';
import { unplaced } from '../src/placement.ts';
import type { Phase } from '../src/replicate/messages.ts';
import { runReplicate } from '../src/runReplicate.ts';
import { readServers } from '../src/servers.ts';
import { calmLoad } from './fixtures/counts.ts';

/** A load far below the ceiling. */
const calm: Cell = aCell({
  work: { kind: 'none', iterations: 0 },
  load: { kind: 'constant-arrival-rate', ...calmLoad },
});

/** Lives one replicate of a server, calmly loaded; `during` gets each phase as it begins. */
export async function live(
  context: TestContext,
  runtime: string,
  change: Partial<Cell> = {},
  during: (phase: Phase) => void = () => {},
  placement: Placement = unplaced,
  link?: Link,
): Promise<Replicate> {
  const fixture = fileURLToPath(new URL(`./fixtures/${runtime}/server.json`, import.meta.url));
  const servers = await readServers(existsSync(fixture) ? [fixture] : []);
  const server = servers.get(runtime);
  assert.ok(server !== undefined);
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-gates-'));
  const abort = new AbortController();
  context.after(() => {
    abort.abort();
    rmSync(folder, { recursive: true });
  });
  const replicate = await runReplicate(
    {
      ...server,
      cell: { ...calm, ...change, id: 'calm', runtime },
      block: 1,
      order: 1,
      attempt: 1,
      k6Path: (await requireK6()).path,
      isolation: joinedBy(await checkIsolation(), link),
      loadCores: 1,
      placement,
      port: 0,
      startSeconds: 60,
      samplesPath: join(folder, 'samples'),
      summaryPath: join(folder, 'k6'),
      path: pathWithRuntimes(process.env.PATH),
    },
    { onPhase: during, signal: abort.signal },
  );
  assert.ok(replicate !== null);
  return Replicate.parse(replicate);
}

function joinedBy(isolation: Isolation, link: Link | undefined): Isolation {
  return isolation.mode === 'none' || link === undefined ? isolation : { ...isolation, link };
}
