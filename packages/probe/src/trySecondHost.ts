// A program of its own, so that it can run inside a namespace: tries whether a second host can be joined to it.
import { enterNamespace } from './isolation.ts';
import { joinSecondHost } from './secondHost.ts';

const [delayMs, lossPercent] = process.argv.slice(2).map(Number);
try {
  await enterNamespace();
  const second = await joinSecondHost({ delayMs: delayMs ?? 0, lossPercent: lossPercent ?? 0 });
  second.close();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
