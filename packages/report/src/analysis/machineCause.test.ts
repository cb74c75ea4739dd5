import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMachineCause } from './machineCause.ts';

const reasons = (...gates: string[]) => gates.map((gate) => ({ gate, reason: '' }));

test('the machine spoilt it when one of its gates says so, and none that the server did wrong', () => {
  assert.equal(isMachineCause(reasons('steal')), true);
  assert.equal(
    isMachineCause(reasons('steal', 'stages-add-up')),
    true,
    'what follows from it may be there too',
  );
  assert.equal(isMachineCause(reasons('stages-add-up')), false, 'by itself it has no known cause');
  assert.equal(isMachineCause(reasons('generator-cpu')), false, 'that is the load, and comes again');
  assert.equal(
    isMachineCause(reasons('steal', 'responses')),
    false,
    'a second try would hide a wrong answer',
  );
  assert.equal(isMachineCause(reasons('restart')), false);
});
