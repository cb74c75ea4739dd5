import { CannotRunError } from '../exitCodes.ts';
import { RunStore } from '../store.ts';

/** Makes the folder of a run in `results`, and what saves into it. @throws CannotRunError when it can't be made */
export async function createStore(results: string, experiment: string, startedAt: Date): Promise<RunStore> {
  try {
    return await RunStore.create(results, experiment, startedAt, (message) =>
      process.stderr.write(`${message}\n`),
    );
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CannotRunError(`can't make a folder for the results in ${results}: ${why}`, { cause });
  }
}
