import type { Report } from '@acceptbench/report/report';
import type { Run } from '@acceptbench/results/run';
import { type ExitCode, exitCodes } from '../exitCodes.ts';
import { type RunStore, StorageError } from '../store.ts';
import { toReport, toReportFiles } from '../writeReport.ts';
import { isComplete } from './complete.ts';
import type { Executed } from './execute.ts';
import { precisionInWords } from './precision.ts';

/** Closes a run's record, reports it, and says how to go on where it did not come to its end. */
export async function finish({ record, replicates, ending }: Executed, store: RunStore): Promise<ExitCode> {
  const run: Run = {
    ...record,
    finishedAt: ending instanceof StorageError ? null : (record.finishedAt ?? new Date().toISOString()),
    interrupted: ending === 'interrupted',
  };
  const report = await toReport(
    { folder: store.folder, run, replicates, problems: [] },
    process.stdout.hasColors?.() ?? false,
  );
  const saved = await save(run, report, store);
  process.stdout.write(`\n${report.terminal}\n`);
  const precision = precisionInWords(run, replicates);
  if (precision !== null) process.stdout.write(`${precision}\n`);
  const problem = ending instanceof StorageError ? ending : saved;
  if (problem !== null) {
    process.stderr.write(
      `${problem.message}; what was saved before is whole. Go on with: acceptbench run --resume ${store.folder}\n`,
    );
    return exitCodes.cannot;
  }
  if (ending === 'interrupted') {
    process.stderr.write(`go on with: acceptbench run --resume ${store.folder}\n`);
    return exitCodes.interrupted;
  }
  return isComplete(run, replicates) ? exitCodes.ok : exitCodes.incomplete;
}

/** @returns what kept it from being saved, or null. */
async function save(run: Run, report: Report, store: RunStore): Promise<StorageError | null> {
  try {
    await store.writeRun(run);
    await store.writeReport(toReportFiles(report));
    return null;
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
}
