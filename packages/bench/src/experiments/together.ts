import { basesOf } from '@acceptbench/report/search';
import type { Cell } from '@acceptbench/results/cell';
import type { Shape } from './experiment.ts';

/** As many as `--blocks` takes; and steps of a search, of which each is a fresh process. */
const mostBlocks = 1000;
const mostSteps = 100;

/**
 * Why fields that are right by themselves do not go together, in one line that names the field; null where they do.
 *
 * @param cells those of the shape
 */
export function whyNotTogether(shape: Shape, cells: readonly Cell[]): string | null {
  return ofTopologies(shape) ?? ofLoads(shape, cells) ?? ofDesign(shape, cells);
}

function ofTopologies({ topologies }: Shape): string | null {
  for (const [index, { topology, workers, listeners }] of topologies.entries()) {
    const field = `topologies[${index}]`;
    if (topology === 'inline' && workers !== 1) {
      return `${field}.workers: inline computes on its one accept loop, so it is 1; got ${JSON.stringify(workers)}`;
    }
    if (listeners !== undefined && topology !== 'reuseport-offload') {
      return `${field}.listeners: only reuseport-offload has a number of its own; got ${listeners} for ${topology}`;
    }
  }
  return null;
}

function ofLoads({ loads, policies }: Shape, cells: readonly Cell[]): string | null {
  for (const [index, load] of loads.entries()) {
    const missing = load.policies?.find((policy) => !policies.includes(policy));
    if (missing !== undefined) {
      return `loads[${index}].policies: none of the form's, which are ${policies.join(', ')}; got "${missing}"`;
    }
  }
  for (const { load } of cells) {
    if (load.kind !== 'constant-arrival-rate') continue;
    const { ratePerSecond, durationSeconds } = load;
    if (Math.round(ratePerSecond * durationSeconds) >= 1) continue;
    return `loads: a window of ${durationSeconds} s has no arrival at ${ratePerSecond} a second; give it a longer one, or a higher rate`;
  }
  return null;
}

function ofDesign({ design }: Shape, cells: readonly Cell[]): string | null {
  if (design.kind === 'blocks') {
    if (design.blocks <= mostBlocks) return null;
    return `design.blocks: at most ${mostBlocks}; got ${design.blocks}`;
  }
  if (design.maxSteps > mostSteps) return `design.maxSteps: at most ${mostSteps}; got ${design.maxSteps}`;
  const other = cells.find(({ load }) => load.kind !== 'constant-arrival-rate');
  if (other !== undefined) {
    return `design: a search looks for a rate, and ${other.id} has none; give it arrivals, or blocks`;
  }
  const bases = basesOf(cells);
  if (bases.length === cells.length) return null;
  return `design: a search begins at one rate and chooses the others; got ${cells.length} cells for ${bases.length} searches`;
}
