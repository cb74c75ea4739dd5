import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { inUrl, isIpAddress } from './address.ts';

test('an address is what Node says is one', () => {
  const nearly = fc.stringMatching(/^[0-9a-fA-F:.]{0,24}$/);
  const group = fc.constantFrom('0', '1', 'ffff', '10000', '', '1.2.3.4', '1.2.3', '256.1.1.1', '01.2.3.4');
  const groups = fc.array(group, { maxLength: 10 }).map((all) => all.join(':'));
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), nearly, groups), (text) => {
      assert.equal(isIpAddress(text), isIP(text) !== 0, text);
    }),
    { numRuns: 5000 },
  );
});

test('what is no plain address is none', () => {
  const others = ['', '127.1', '999.1.1.1', ':::', '1.2.3.4::', 'fe80::1%eth0', '[::1]', 'localhost', '::1 '];
  for (const text of others) assert.equal(isIpAddress(text), false, text);
});

test('an IPv6 address stands in brackets in a URL', () => {
  assert.deepEqual(['127.0.0.1', '::1'].map(inUrl), ['127.0.0.1', '[::1]']);
});
