import type { Cell } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { aCell, aMeasurement, aRun, aValid, type Waits } from './builders.ts';

/** The measured story of design.md's 330/s: inline waits in the accept queue, offload in the offload queue. */
export function aStory(runtimes: readonly string[] = ['node', 'bun', 'deno'], blocks = 3) {
  const inlineWaits: Record<string, Waits> = {
    node: { acceptQueue: 983, work: 4, process: 4.6 },
    bun: { acceptQueue: 884, work: 4, process: -0.4 },
    deno: { acceptQueue: 344, work: 4, process: 546 },
  };
  const queueMeans: Record<string, number> = { node: 163, bun: 152, deno: 45 };
  const cells: Cell[] = [];
  const replicates: ValidReplicate[] = [];
  for (const runtime of runtimes) {
    const inline = aCell({ runtime });
    const offload = aCell({ runtime, topology: 'offload' });
    cells.push(inline, offload);
    for (let block = 1; block <= blocks; block++) {
      const noise = block - 2;
      const waits = inlineWaits[runtime] ?? { acceptQueue: 900, work: 4, process: 3 };
      const queueMean = queueMeans[runtime] ?? 150;
      replicates.push(
        aValid(inline, block, aMeasurement(inline, waits, { completed: 246 + noise, queueMean })),
        aValid(
          offload,
          block,
          aMeasurement(
            offload,
            { acceptQueue: 0.02, offloadQueue: 801, work: 4, process: 1 },
            { completed: 247 + noise, queueMean: 0.01 },
          ),
        ),
      );
    }
  }
  return { run: aRun(cells), replicates };
}
