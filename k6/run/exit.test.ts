import assert from 'node:assert/strict';
import { test } from 'node:test';
import { k6ExitMeaning } from './exit.ts';

test('an exit code is said in words', () => {
  assert.equal(k6ExitMeaning(0), 'k6 exited with 0: it ran to its end');
  assert.equal(k6ExitMeaning(107), 'k6 exited with 107: the script threw an exception');
  assert.match(k6ExitMeaning(99), /a threshold was not met/);
  assert.match(k6ExitMeaning(1), /k6 exited with 1: not a code it documents/);
  assert.equal(k6ExitMeaning(null, 'SIGKILL'), 'k6 was ended by SIGKILL');
});
