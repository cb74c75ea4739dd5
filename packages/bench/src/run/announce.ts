import type { Cell } from '@acceptbench/results/cell';
import type { NotOfferedReplicate } from '@acceptbench/results/replicate';
import type { Calibration } from '@acceptbench/results/run';
import { expectedSeconds } from '../experiments/duration.ts';
import { cellsInColumns, counted, formatSeconds } from '../progress.ts';
import type { Schedule } from './schedule.ts';
import type { Plan } from './toSchedule.ts';

/** What a kind of work takes here, a line each. */
export function calibrationsInWords(calibrations: readonly Calibration[]): string[] {
  return calibrations.map(
    ({ kind, iterations, medianMs, iqrMs, n }) =>
      `${kind}:${iterations} takes ${medianMs.toFixed(2)} ms here (median of ${n} calls, inter-quartile range ${iqrMs.toFixed(2)} ms)`,
  );
}

/** How many replicates there are to be, how long that takes, and which cells are not offered: a line each. */
export function planInWords(
  { cells, design, seed }: Plan,
  schedule: Schedule,
  absent: readonly NotOfferedReplicate[],
): string[] {
  const left = schedule.left(absent);
  const how =
    design.kind === 'blocks'
      ? `in ${design.precision === undefined ? '' : 'at least '}${counted(design.blocks, 'block')}`
      : `in ${counted(cells.length - absent.length, 'search', 'searches')} of ${design.maxSteps} steps at most${design.objectives.length === 1 ? '' : ` for each of ${design.objectives.length} objectives`}`;
  return [
    `${left.atMost ? 'at most ' : ''}${counted(left.replicates, 'replicate')} ${how}, ${left.atMost ? 'up to' : 'about'} ${formatSeconds(left.seconds)}, seed ${seed}`,
    ...absent.map(({ cell, reason }) => `not offered: ${cell.id}: ${reason}`),
  ];
}

/** Every cell of a plan that is offered, and about how long a replicate of it takes: a line each. */
export function cellsInWords(cells: readonly Cell[], absent: readonly NotOfferedReplicate[]): string[] {
  const offered = cells.filter(({ id }) => absent.every(({ cell }) => cell.id !== id));
  const describe = cellsInColumns(offered);
  return offered.map(
    (cell) => `  ${describe(cell)}  ${formatSeconds(expectedSeconds(cell)).padStart(6)}  ${cell.id}`,
  );
}
