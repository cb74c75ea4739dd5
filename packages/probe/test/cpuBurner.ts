// Burns CPU in a worker thread (`thread`) or in a process of its own (`child`), says what was used itself, and stays. Told `end` it ends
// the thread or the child, and says so once more; told `say` it only says.
import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';

const BURN_300_MS = `
  const used = () => { const { user, system } = process.threadCpuUsage(); return user + system; };
  while (used() < 300_000);`;

const say = (): void => void process.send?.(ownSeconds());
let end = (): void => undefined;
if (process.argv[2] === 'thread') {
  const worker = new Worker(
    `${BURN_300_MS} require('node:worker_threads').parentPort.once('message', () => {}).postMessage('burnt')`,
    { eval: true },
  );
  worker.once('message', say);
  end = () => {
    worker.once('exit', say);
    void worker.terminate();
  };
} else {
  const child = spawn(process.execPath, ['-e', `${BURN_300_MS} process.stdin.resume()`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.once('spawn', say);
  end = () => {
    child.once('exit', say);
    child.stdin.end();
  };
}
// An open IPC channel keeps the process alive.
process.on('message', (told) => (told === 'end' ? end() : say()));

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
