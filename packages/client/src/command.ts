import { fileURLToPath } from 'node:url';
import type { Task } from './messages.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The command that starts the client in a process of its own. */
export function clientCommand(task: Task): string[] {
  return [process.execPath, entry, JSON.stringify(task)];
}
