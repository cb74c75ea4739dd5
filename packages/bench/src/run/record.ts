import type { Cell } from '@acceptbench/results/cell';
import type { Calibration, Run } from '@acceptbench/results/run';
import { schemaVersion } from '@acceptbench/results/schemaVersion';
import { readCommit } from '../environment.ts';
import { acceptbenchVersion } from '../version.ts';
import type { RunOptions } from './options.ts';
import type { Prepared } from './prepare.ts';

/** A run's `run.json` as it begins. */
export async function toRecord(
  options: RunOptions,
  { isolation, environment }: Prepared,
  calibrations: readonly Calibration[],
  cells: readonly Cell[],
  { id, startedAt }: { id: string; startedAt: Date },
): Promise<Run> {
  const { name, question, howToRead } = options.experiment;
  return {
    schemaVersion,
    id,
    ...(options.name === null ? {} : { name: options.name }),
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    resumedAt: [],
    interrupted: false,
    command: [...options.command],
    seed: options.seed,
    commit: await readCommit(),
    acceptbenchVersion,
    experiment: { name, question, howToRead, form: options.form, design: options.shape.design },
    settings: {
      retries: options.retries,
      port: options.port,
      startSeconds: options.startSeconds,
      servers: [...options.servers],
    },
    cells: [...cells],
    isolation,
    placement: options.placement,
    calibrations: [...calibrations],
    environment,
  };
}
