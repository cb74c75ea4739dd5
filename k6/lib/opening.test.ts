import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openingParts } from './opening.ts';

test('a handshake of a second or more has had a SYN dropped, a shorter one has not', () => {
  assert.deepEqual(openingParts({ blocked: 0.5, connecting: 0.2 }), { openingMs: 0.5, resendingMs: 0 });
  assert.deepEqual(openingParts({ blocked: 40, connecting: 39 }), { openingMs: 40, resendingMs: 0 });
  assert.deepEqual(openingParts({ blocked: 1025, connecting: 1024 }), { openingMs: 1, resendingMs: 1024 });
  assert.deepEqual(openingParts({ blocked: 3072, connecting: 3072 }), { openingMs: 0, resendingMs: 3072 });
});

test('a connection that is used again opens in no time', () => {
  assert.deepEqual(openingParts({ blocked: 0, connecting: 0 }), { openingMs: 0, resendingMs: 0 });
});
