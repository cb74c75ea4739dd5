import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whatVersionLacks } from './lacks.ts';

test('what an old version lacks is told by its own words', () => {
  // As Node 20.20.2, Deno 2.2.0 and Node 26 print it.
  const node20 = [
    'node:internal/modules/esm/get_format:189',
    '        throw new ERR_UNKNOWN_FILE_EXTENSION(ext, filepath);',
    'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /servers/node/src/main.ts',
  ];
  assert.match(
    whatVersionLacks(node20) ?? '',
    /^this version of Node does not run TypeScript files as they are/,
  );
  assert.equal(
    whatVersionLacks([
      "error: unexpected argument '--unstable-no-legacy-abort' found",
      '',
      'Usage: deno run',
    ]),
    'this version of the runtime does not know --unstable-no-legacy-abort',
  );
  assert.equal(
    whatVersionLacks(['/usr/bin/node: bad option: --no-such-flag']),
    'this version of the runtime does not know --no-such-flag',
  );
});

test('any other end is no want of a version', () => {
  assert.equal(whatVersionLacks([]), null);
  assert.equal(whatVersionLacks(['can’t start: no luck today']), null);
  assert.equal(whatVersionLacks(['TypeError: x is not a function', '    at main.ts:3:1']), null);
});
