import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkIsolation, enterNamespace, isolatedCommand } from '../src/isolation.ts';

const INSIDE = 'ACCEPTBENCH_TEST_INSIDE';

/**
 * Runs the tests that `define` registers in a network namespace of their own, where kernel counters are theirs alone:
 * outside, as one test that runs the file again inside. Fails where Linux refuses a namespace, unless
 * ACCEPTBENCH_NO_NAMESPACE is 1; then, and on another OS, it is skipped with the reason.
 */
export async function testInNamespace(name: string, url: string, somaxconn: number, define: () => void) {
  if (process.env[INSIDE] === name) {
    await enterNamespace({ somaxconn });
    define();
    return;
  }
  if (process.env[INSIDE] !== undefined) return;
  const isolation = await checkIsolation();
  const mayMiss = process.platform !== 'linux' || process.env.ACCEPTBENCH_NO_NAMESPACE === '1';
  const skip = isolation.mode === 'none' && mayMiss ? isolation.reason : false;
  test(`${name} (in a network namespace)`, { skip }, async () => {
    assert.deepEqual(isolation, { mode: 'namespace' });
    const { program, args } = isolatedCommand(process.execPath, ['--test-reporter=spec', fileURLToPath(url)]);
    // Without the parent's context the inner run reports in text, and by its exit code.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const child = spawn(program, args, {
      env: { ...env, [INSIDE]: name },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    const [code] = await once(child, 'close');
    assert.equal(code, 0, output);
    // A file that registered no test would end with 0 too.
    assert.match(output, /ℹ pass [1-9]/);
  });
}
