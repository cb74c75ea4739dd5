import { UnreadableResultError } from '@acceptbench/results/read';
import { type Command, CommanderError } from 'commander';
import { CannotRunError, exitCodes, FileError, UsageError } from './exitCodes.ts';
import { StorageError } from './store.ts';

/**
 * Whoever reads may have enough, such as `head`. What is measured goes on without a reader: it is in the results folder.
 *
 * @throws the error when it is another.
 */
function goOnWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Does what the command line asks for; what is not accepted or can't be done is told in one line, and is the exit code. */
export async function runCommand(program: () => Promise<Command>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', goOnWithoutReader);
  try {
    await (await program()).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed it. Help and version are no errors.
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    } else if (error instanceof UsageError) {
      console.error(`${error.message} (--help shows what is accepted)`);
      process.exitCode = exitCodes.usage;
    } else if (error instanceof UnreadableResultError || error instanceof FileError) {
      console.error(error.message);
      process.exitCode = exitCodes.usage;
    } else if (error instanceof CannotRunError || error instanceof StorageError) {
      console.error(error.message);
      process.exitCode = exitCodes.cannot;
    } else {
      throw error;
    }
  }
}
