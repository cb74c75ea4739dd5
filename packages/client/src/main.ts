/** Offers the load that its one argument describes (messages.ts), and says on stdout what came of it. */
import { runBurst } from './burst.ts';
import { type Said, Task } from './messages.ts';
import { NotEnoughFilesError, requireOpenFiles } from './openFiles.ts';
import { holdSilent } from './silent.ts';

const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`);
const now = () => performance.timeOrigin + performance.now();

try {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  requireOpenFiles(task.connections);
  if (task.kind === 'burst') {
    say({ event: 'burst', load: await runBurst(task, now) });
  } else {
    const held = await holdSilent(task, now);
    say({ event: 'opened', ...held.opened });
    process.once('SIGTERM', () => {
      say({ event: 'closed', closedByServer: held.closedByServer });
      held.close();
    });
  }
} catch (error) {
  if (!(error instanceof NotEnoughFilesError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
