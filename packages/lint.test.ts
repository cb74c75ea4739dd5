import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What Biome, set up as here, says of a source as if it stood at that path. */
async function lint(path: string, source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'acceptbench-lint-'));
  try {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source);
    const settings = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    // The schema's path and the ignore file are the repository's.
    writeFileSync(
      join(folder, 'biome.json'),
      JSON.stringify({ ...settings, $schema: undefined, vcs: undefined }),
    );
    return await biome(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function biome(folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = join(root, 'node_modules', '.bin', 'biome');
    execFile(program, ['lint', '--colors=off', '.'], { cwd: folder }, (error, stdout, stderr) => {
      // An exit other than 0 is what is looked for; a Biome that can't be started is not.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(`${stdout}${stderr}`);
    });
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
