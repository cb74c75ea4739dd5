import { cpus } from 'node:os';
import type { Cell } from '@acceptbench/results/cell';
import type { Placement } from '@acceptbench/results/run';
import { freeCoresOf, placementHere } from '../placement.ts';
import { toCells } from './cells.ts';
import type { Shape } from './experiment.ts';

/** The cells of an experiment as if the work were calibrated: the rates differ on another machine, the times do not. */
export function nominalCells(
  shape: Shape,
  placement: Placement = placementHere(),
  cores = cpus().length,
): Cell[] {
  const calibrations = shape.works.flatMap((work) =>
    work.kind === 'none' ? [] : [{ ...work, iterations: 1, medianMs: work.targetMs, iqrMs: 0, n: 1 }],
  );
  return toCells(shape, { calibrations, cores, freeCores: freeCoresOf(cores, placement) });
}
