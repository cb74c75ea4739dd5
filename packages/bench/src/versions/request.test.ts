import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isExact, newestWithin, parseVersionRequest } from './request.ts';

test('a version has one to three numbers; a name without one asks for none', () => {
  assert.equal(parseVersionRequest('node'), null);
  assert.deepEqual(parseVersionRequest('node@24'), { server: 'node', range: '24' });
  assert.deepEqual(parseVersionRequest('my-server@1.4.5'), { server: 'my-server', range: '1.4.5' });
  assert.equal(isExact({ server: 'node', range: '24.1' }), false);
  assert.equal(isExact({ server: 'node', range: '24.1.0' }), true);
  for (const wrong of [
    'node@',
    '@24',
    'node@v24',
    'node@24.x',
    'node@latest',
    'node@1.2.3.4',
    'node@1.2.3-rc.1',
    'a@1@2',
  ]) {
    assert.throws(() => parseVersionRequest(wrong), {
      name: 'UsageError',
      message: /accepted is a version of one to three numbers/,
    });
  }
});

test('the newest release that begins with the range is meant, by number and not by letter', () => {
  const versions = ['24.9.0', '24.10.0', '24.10.0-rc.1', '24.2.11', '2.4.0', '240.0.0', '24.10.0-nightly'];
  assert.equal(newestWithin('24', versions), '24.10.0');
  assert.equal(newestWithin('24.2', versions), '24.2.11');
  assert.equal(newestWithin('2', versions), '2.4.0');
  assert.equal(newestWithin('24.1', versions), null);
  assert.equal(newestWithin('24.9.0', versions), '24.9.0');
  const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30));
  fc.assert(
    fc.property(fc.array(version, { minLength: 1 }), (parts) => {
      const newest = parts.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).at(-1) ?? [];
      assert.equal(
        newestWithin(
          String(newest[0]),
          parts.map((part) => part.join('.')),
        ),
        newest.join('.'),
      );
    }),
  );
});
