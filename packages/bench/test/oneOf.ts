import type { TestContext } from 'node:test';
import type { Replicate } from '@acceptbench/results/replicate';

/** A machine that others use spoils a replicate in many ways, and not all of them are told by a gate. */
const attempts = 6;

/**
 * Lives replicates until one is as it must be: one that never is, whatever the machine does, is wrong. What is wrong with the others is
 * told.
 *
 * @throws what `check` throws of the last of so many
 */
export async function oneOf(
  context: TestContext,
  run: () => Promise<Replicate>,
  check: (replicate: Replicate) => void,
): Promise<void> {
  for (let left = attempts - 1; ; left -= 1) {
    const replicate = await run();
    try {
      return check(replicate);
    } catch (error) {
      if (left === 0) throw error;
      context.diagnostic(`lived again: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
