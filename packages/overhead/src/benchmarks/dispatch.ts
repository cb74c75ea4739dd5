import { fileURLToPath } from 'node:url';
import type { Settings } from '../arguments.ts';
import type { PoolKind } from '../dispatch/pools.ts';
import { type BenchmarkResult, type Figure, toFigure } from '../figure.ts';
import { measurePairs, ratios } from '../pairs.ts';
import { run } from '../processes.ts';

const entry = fileURLToPath(new URL('../dispatch/main.ts', import.meta.url));
const workerCounts = [1, 2] as const;
const spareMs = 20_000;

/** Jobs per second through our offload queue on Node, over Piscina; no work, so that only the hand-over is left. */
export async function dispatch(settings: Settings, say: (line: string) => void): Promise<BenchmarkResult> {
  const figures: Figure[] = [];
  for (const workers of workerCounts) {
    const pairs = await measurePairs(settings.pairs, async (side, pair) => {
      const rate = await measure(side === 'ours' ? 'ours' : 'piscina', workers, settings);
      say(`dispatch: W=${workers} pair ${pair} of ${settings.pairs}, ${side}: ${rate.toFixed(0)} jobs/s`);
      return rate;
    });
    const of = (what: string) => `W=${workers}, ${what}`;
    figures.push(
      toFigure(
        of('ours'),
        'jobs/s',
        pairs.map(({ ours }) => ours),
      ),
      toFigure(
        of('Piscina'),
        'jobs/s',
        pairs.map(({ other }) => other),
      ),
      toFigure(of('ours / Piscina'), 'ratio', ratios(pairs)),
    );
  }
  return {
    benchmark: 'dispatch',
    about: `Jobs without work on Node, ${settings.connections} outstanding at all times, for ${settings.seconds} s: alternating fresh processes, ratios within each pair.`,
    figures,
    notes: [
      'Ours is the server’s own: it records every job in the metrics and holds at most one job ahead at a worker, so that a job can be abandoned until it is begun. Piscina has its defaults.',
    ],
  };
}

async function measure(kind: PoolKind, workers: number, { seconds, connections }: Settings): Promise<number> {
  const args = [entry, kind, String(workers), String(seconds), String(connections)];
  const command = { program: process.execPath, args, folder: '.', variables: {} };
  const said: unknown = JSON.parse(await run(command, seconds * 1000 + spareMs));
  if (typeof said === 'object' && said !== null && 'jobsPerSecond' in said) {
    const { jobsPerSecond } = said;
    if (typeof jobsPerSecond === 'number') return jobsPerSecond;
  }
  throw new Error(`dispatch: got ${JSON.stringify(said)}, accepted is jobsPerSecond`);
}
