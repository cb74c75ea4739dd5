import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tetherFor } from './tether.ts';

const linux = { skip: process.platform !== 'linux' && 'Linux only' };

test('the end of the first process of a pid namespace is that of all in it: no tether', async () => {
  assert.deepEqual(await tetherFor(1), []);
});

test(
  'any other ties what it starts to its own life, in a namespace of the network alone too',
  linux,
  async () => {
    assert.deepEqual(await tetherFor(process.pid), ['setpriv', '--pdeathsig', 'KILL', '--']);
  },
);
