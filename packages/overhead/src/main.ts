import { writeFile } from 'node:fs/promises';
import { type BenchmarkName, parseArguments, type Settings, UsageError } from './arguments.ts';
import { dispatch } from './benchmarks/dispatch.ts';
import { overhead } from './benchmarks/overhead.ts';
import { scrape } from './benchmarks/scrape.ts';
import type { BenchmarkResult } from './figure.ts';
import { describeMachine, readMachine } from './machine.ts';
import { killAll } from './processes.ts';
import { awaitQuiet } from './quiet.ts';
import { pathWithRuntimes } from './servers.ts';
import { renderResult } from './table.ts';

/** Exit codes: 0 measured, 1 failed, 2 a bad option, 130 interrupted. */
const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

const runs: Record<
  BenchmarkName,
  (settings: Settings, say: (line: string) => void) => Promise<BenchmarkResult>
> = { scrape, overhead, dispatch };

async function main(args: readonly string[], say: (line: string) => void): Promise<void> {
  const settings = parseArguments(args);
  if ('help' in settings) {
    console.log(settings.help);
    return;
  }
  const machine = await readMachine();
  console.log(`${describeMachine(machine)}\n`);
  const results: (BenchmarkResult & { readonly busyBefore: number })[] = [];
  for (const name of settings.benchmarks) {
    const busyBefore = await awaitQuiet(say);
    const result = await runs[name](settings, say);
    const busy = `Just before, ${(busyBefore * 100).toFixed(0)} % of the machine was busy with something else.`;
    console.log(`${renderResult({ ...result, notes: [...result.notes, busy] })}\n`);
    results.push({ ...result, busyBefore });
    if (settings.json !== null) {
      await writeFile(settings.json, `${JSON.stringify({ machine, settings, results }, null, 2)}\n`);
    }
  }
}

process.env.PATH = pathWithRuntimes(process.env.PATH);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    killAll();
    process.exit(exitCodes.interrupted);
  });
}
try {
  await main(process.argv.slice(2), (line) => console.error(line));
} catch (error) {
  killAll();
  if (error instanceof UsageError) console.error(error.message);
  else console.error(error);
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
