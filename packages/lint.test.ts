import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What Biome says of a source as if it stood at that path. */
function lint(path: string, source: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      'biome',
      ['lint', '--colors=off', `--stdin-file-path=${path}`],
      { cwd: root },
      (error, stdout, stderr) => {
        // An exit other than 0 is what is looked for; a Biome that can't be started is not.
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve(`${stdout}${stderr}`);
      },
    );
    child.stdin?.end(source);
  });
}

const uses: [string, string, RegExp][] = [
  ['Bun', 'export const version = Bun.version;\n', /noRestrictedGlobals/],
  ['Deno', 'export const version = Deno.version;\n', /noRestrictedGlobals/],
  ['process', 'export const { pid } = process;\n', /noRestrictedGlobals/],
  ['a timer', 'export const wait = () => setTimeout(() => {}, 1);\n', /noRestrictedGlobals/],
  ['a clock', 'export const now = () => performance.now();\n', /noRestrictedGlobals/],
  ['node:fs', "import { readFileSync } from 'node:fs';\nexport { readFileSync };\n", /noRestrictedImports/],
  ['bun:sqlite', "import { Database } from 'bun:sqlite';\nexport { Database };\n", /noRestrictedImports/],
  ['k6', "import http from 'k6/http';\nexport { http };\n", /noRestrictedImports/],
];

for (const name of ['handler', 'metrics', 'report', 'results', 'server']) {
  test(`a runtime's API in packages/${name} is refused`, async () => {
    for (const [what, source, rule] of uses) {
      assert.match(await lint(`packages/${name}/src/example.ts`, source), rule, what);
    }
  });
}

test('the same is accepted where it belongs', async () => {
  for (const [what, source] of uses) {
    const said = await lint('servers/bun/src/example.ts', source);
    assert.doesNotMatch(said, /noRestricted/, what);
  }
});
