import { UnreadableResultError } from '@acceptbench/results/read';
import type { Run } from '@acceptbench/results/run';
import { timeAgain } from '../calibrate.ts';
import { readCommit } from '../environment.ts';
import { CannotRunError, type ExitCode } from '../exitCodes.ts';
import { linkOf } from '../link.ts';
import type { LiveSession } from '../live/session.ts';
import { counted, formatSeconds } from '../progress.ts';
import { execute } from '../run/execute.ts';
import { finish } from '../run/finish.ts';
import { lockedIn } from '../run/lock.ts';
import { prepare } from '../run/prepare.ts';
import { repairReplicates } from '../run/repair.ts';
import { changesSince } from '../run/sameMachine.ts';
import { takingPart } from '../run/takingPart.ts';
import { type Plan, toSchedule } from '../run/toSchedule.ts';
import { damageInWords, type RunFolder, readRunFolder } from '../runFolder.ts';
import { RunStore } from '../store.ts';
import { acceptbenchVersion } from '../version.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const warn = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * Takes a run up again that ended early, by its own record. What is measured stays; what is missing is run, and what had
 * failed is tried once more.
 *
 * @throws UnreadableResultError, UsageError, CannotRunError, StorageError before anything is started, each in one line
 */
export async function resume(folder: string, live: LiveSession | undefined): Promise<ExitCode> {
  // Read once to learn whether there is a run at all, and again when nobody else writes.
  await readRunFolder(folder);
  return lockedIn(folder, async () => goOn(folder, await readRunFolder(folder), live));
}

async function goOn(folder: string, stored: RunFolder, live: LiveSession | undefined): Promise<ExitCode> {
  const { run, replicates } = stored;
  const { settings } = run;
  if (settings === undefined) {
    throw new UnreadableResultError(
      `${folder}: run.json does not say how its replicates were run, as an older acceptbench wrote it: start it anew`,
    );
  }
  const stray = replicates.find(({ cell }) => run.cells.every(({ id }) => id !== cell.id));
  if (stray !== undefined) {
    throw new UnreadableResultError(
      `${folder}: run.json has no cell ${stray.cell.id}, and a replicate of it is there`,
    );
  }
  const lines = await repairReplicates(folder, stored.torn);
  damageInWords(stored).forEach(warn);
  if (stored.torn) warn('the half-written line is kept in replicates.ndjson.torn');
  const store = new RunStore(folder, lines, warn);
  const plan: Plan = { ...run, design: run.experiment.design, retries: settings.retries };
  const schedule = toSchedule(plan, replicates.at(-1)?.order ?? 0);
  if (schedule.next(replicates) === null) {
    say(`nothing is left to run of ${run.id}`);
    return finish({ record: run, replicates, ending: 'done' }, store);
  }

  const servers = await takingPart(
    run.cells.map(({ runtime }) => runtime),
    settings.servers,
    say,
  );
  const prepared = await prepare({
    servers,
    isolate: run.isolation.mode === 'namespace',
    link: linkOf(run.isolation),
    watched: live !== undefined,
    placement: run.placement,
  });
  say(`acceptbench ${run.experiment.name}: ${run.experiment.question}`);
  prepared.remarks.forEach(say);
  await refuseChanges(run, prepared);
  const left = schedule.left(replicates);
  say(
    `going on after ${counted(replicates.length, 'replicate')}: ${left.atMost ? 'at most ' : ''}${left.replicates} left, ${left.atMost ? 'up to' : 'about'} ${formatSeconds(left.seconds)}, seed ${run.seed}; results in ${folder}`,
  );
  const resumedAt = [...run.resumedAt, new Date().toISOString()];
  const record: Run = { ...run, finishedAt: null, interrupted: false, resumedAt };
  await store.writeRun(record);
  const { k6Path } = prepared;
  const running = { record, servers, k6Path, schedule, store, before: replicates, live };
  return finish(await execute(running), store);
}

/** @throws CannotRunError where figures before and after would not be of the same thing. */
async function refuseChanges(
  run: Run,
  { environment, isolation }: Awaited<ReturnType<typeof prepare>>,
): Promise<void> {
  const now = { environment, isolation, acceptbenchVersion, commit: await readCommit() };
  const clock = { now: () => performance.now() };
  const paces = run.calibrations.map((calibration) => ({
    kind: `${calibration.kind}:${calibration.iterations}`,
    ratio: timeAgain(calibration, clock),
  }));
  const { refused, warned } = changesSince(run, now, paces);
  if (refused.length > 0) {
    throw new CannotRunError(
      `can't go on with ${run.id}: ${refused.join('; ')}. Make it as it was, or start a run anew`,
    );
  }
  for (const line of warned) warn(`changed since the run began: ${line}`);
}
