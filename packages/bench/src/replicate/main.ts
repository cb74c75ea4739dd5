/**
 * The process of one replicate. It is the first in its namespace, where there is one: when it ends, the kernel ends the
 * server and k6 with it. Without, it ends them itself: when told to stop, and when the runner has gone.
 */
import { killChildren } from './children.ts';
import { liveReplicate } from './life.ts';
import type { FromReplicate, ToReplicate } from './messages.ts';

const send = (message: FromReplicate) =>
  new Promise<void>((resolve) => {
    // The runner may have gone; then there is nobody to tell, and `disconnect` ends us.
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });

const end = (code: number): never => {
  killChildren();
  process.exit(code);
};

process.on('disconnect', () => end(1));
// As the first process of a pid namespace it has no default action for signals, so it says what they do.
process.on('SIGTERM', () => end(1));
process.on('message', async (message: ToReplicate) => {
  if (message.kind === 'stop') end(1);
  if (message.kind !== 'run') return;
  const replicate = await liveReplicate(message.spec, (told) => void send(told));
  await send({ kind: 'done', replicate });
  end(0);
});
