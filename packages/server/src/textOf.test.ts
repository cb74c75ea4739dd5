import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from './textOf.ts';

test('only a success has a text', async () => {
  assert.equal(await textOf(new Response('figures')), 'figures');
  await assert.rejects(textOf(new Response('the metrics failed\n', { status: 500 })), /status 500/);
});
