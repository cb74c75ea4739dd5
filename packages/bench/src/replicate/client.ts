import { clientCommand } from '@acceptbench/client/command';
import { Said, type Task } from '@acceptbench/client/messages';
import { type Child, startChild } from './children.ts';

/** Starts our own client on a task; `onSaid` hears what it says, in order. */
export function startClient(
  task: Task,
  prefix: readonly string[],
  onSaid: (said: Said) => void,
): Promise<Child> {
  return startChild([...prefix, ...clientCommand(task)], { env: process.env }, (stream, line) => {
    // A warning of Node's is for people, and on stderr.
    if (stream === 'stdout') onSaid(Said.parse(JSON.parse(line)));
  });
}
