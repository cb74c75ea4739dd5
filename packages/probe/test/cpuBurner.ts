// Burns CPU in a worker thread (`thread`) or in a process of its own (`child`), says what was used, and stays.
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';

const BURN_300_MS = `
  const used = () => { const { user, system } = process.threadCpuUsage(); return user + system; };
  while (used() < 300_000);`;

if (process.argv[2] === 'thread') {
  // Tells of itself while its thread still lives, and once more when it has ended.
  const worker = new Worker(
    `${BURN_300_MS} require('node:worker_threads').parentPort.once('message', () => {}).postMessage('burnt')`,
    { eval: true },
  );
  worker.once('message', () => {
    process.send?.(ownSeconds());
    process.once('message', () => {
      worker.once('exit', () => process.send?.(ownSeconds()));
      void worker.terminate();
    });
  });
} else {
  spawnSync(process.execPath, ['-e', BURN_300_MS]);
  process.send?.(ownSeconds());
}
// An open IPC channel keeps the process alive.
process.on('message', () => undefined);

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
