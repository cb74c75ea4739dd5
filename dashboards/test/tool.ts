import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';

/**
 * True when a program of Debian's package `prometheus` is there. Where it is not the test is skipped with the reason; in CI
 * (CI=true) it fails instead.
 */
export function hasTool(context: TestContext, program: 'prometheus' | 'promtool'): boolean {
  const { error } = spawnSync(program, ['--version'], { stdio: 'ignore' });
  if (error === undefined) return true;
  const reason = `no ${program} on the PATH: on Debian, apt-get install prometheus`;
  if (process.env.CI === 'true') throw new Error(reason, { cause: error });
  context.skip(reason);
  return false;
}
