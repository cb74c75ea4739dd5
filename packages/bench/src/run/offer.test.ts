import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseManifest } from '@acceptbench/server/manifest';
import { nominalCells } from '../experiments/nominal.ts';
import { quick } from '../experiments/quick.ts';
import { backlogNotOffered, notOfferedByManifest } from './offer.ts';

const [cell] = nominalCells(quick.short);
assert.ok(cell !== undefined);
const manifest = parseManifest({
  name: 'mine',
  runtime: 'node',
  command: ['node', 'main.ts'],
  versionCommand: ['node', '--version'],
  apis: ['native'],
  topologies: ['inline'],
});

test('a manifest offers what it lists, and says what it lacks', () => {
  assert.equal(notOfferedByManifest(manifest, cell), null);
  assert.equal(
    notOfferedByManifest(manifest, { ...cell, topology: 'prefork' }),
    'mine has no prefork topology; its manifest offers inline',
  );
  assert.equal(
    notOfferedByManifest(manifest, { ...cell, api: 'node-http' }),
    'mine has no node-http API; its manifest offers native',
  );
});

test('a backlog is offered when the kernel shows it, or what somaxconn leaves of it', () => {
  const asks = (backlog: number, limits: number[], somaxconn: number | null) =>
    backlogNotOffered({ ...cell, backlog }, limits, somaxconn);
  assert.equal(asks(128, [128], 4096), null);
  assert.equal(asks(128, [128, 128], null), null);
  assert.equal(asks(16, [16], 16), null);
  assert.equal(asks(8192, [4096], 4096), null, 'the machine clamps it, the runtime does not ignore it');
  assert.equal(asks(16, [], 16), null, 'nobody says');
  assert.equal(asks(128, [512], 4096), 'node does not take a listen backlog of 128: the kernel shows 512');
  assert.equal(
    asks(8192, [512], 4096),
    'node does not take a listen backlog of 8192: the kernel shows 512, where net.core.somaxconn 4096 leaves 4096',
  );
  assert.equal(backlogNotOffered(cell, [512], 4096), null, 'the cell asks for none');
});
