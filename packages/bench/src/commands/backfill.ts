import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CannotRunError, exitCodes } from '../exitCodes.ts';
import { fromWhereItWasTyped } from '../flags.ts';
import { defaultGrafana, httpUrl } from '../live/flags.ts';
import { dashboardLink } from '../live/link.ts';
import { renderOpenMetrics, timeRangeOf } from '../live/pastRun.ts';
import { writeTo } from '../output.ts';
import { composeFile, importFile } from '../paths.ts';
import { damageInWords, inWords, readRunFolder } from '../runFolder.ts';

interface BackfillFlags {
  readonly data?: string;
  readonly promtool: string;
  readonly compose: string;
  readonly grafana: string;
}

/** `acceptbench backfill`: a past run, read into Prometheus, so that the dashboards show it at its own time. */
export function addBackfillCommand(cli: Command): void {
  cli
    .command('backfill')
    .description('read a past run into Prometheus, so that Grafana shows it at its own time')
    .argument('<folder>', 'the folder of a run, such as results/2026-01-31T12-00-00Z-quick')
    .option(
      '--data <folder>',
      'the storage folder of a Prometheus on this machine (default: the one of compose.yaml)',
    )
    .option('--promtool <program>', 'with --data: reads it in', 'promtool')
    .option('--compose <program>', 'without --data: docker, or podman', 'docker')
    .option('--grafana <url>', 'for the link that is printed', httpUrl, defaultGrafana)
    .addHelpText(
      'after',
      '\nExit: 0 read in · 1 can’t be read in here · 2 wrong option, or no run in the folder',
    )
    .action(async (folder: string, flags: BackfillFlags) => {
      await backfill(fromWhereItWasTyped(folder), flags);
      process.exitCode = exitCodes.ok;
    });
}

async function backfill(folder: string, flags: BackfillFlags): Promise<void> {
  const past = await readRunFolder(folder);
  for (const sentence of damageInWords(past)) console.error(sentence);
  const range = timeRangeOf(past.replicates);
  if (range === null) throw new CannotRunError(`${folder}: no replicate of it was measured: nothing to show`);
  const text = () => renderOpenMetrics(past, (damage) => console.error(inWords(damage)));
  if (flags.data === undefined) {
    await writeTo(importFile, text());
    await runProgram(flags.compose, ['compose', '--file', composeFile, 'run', '--rm', 'backfill']);
  } else {
    const temporary = await mkdtemp(join(tmpdir(), 'acceptbench-backfill-'));
    try {
      const file = join(temporary, 'run.txt');
      await writeTo(file, text());
      const data = fromWhereItWasTyped(flags.data);
      await runProgram(flags.promtool, ['tsdb', 'create-blocks-from', 'openmetrics', file, data]);
    } finally {
      await rm(temporary, { recursive: true });
    }
  }
  console.log(
    `read in; a Prometheus that runs shows it within a minute: ${dashboardLink(flags.grafana, past.run.id, range)}`,
  );
}

/** Runs it with its output on stderr. @throws CannotRunError when it can't be started, or fails */
async function runProgram(program: string, args: readonly string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, args, { stdio: ['ignore', 2, 2] });
  child.on('error', (cause) =>
    reject(
      new CannotRunError(
        `can't run ${program}: ${cause.message}; install it, or see backfill --help for other ways`,
        { cause },
      ),
    ),
  );
  child.on('close', (code, signal) => {
    if (code === 0) resolve();
    else reject(new CannotRunError(`${program} ${args.join(' ')} failed (${signal ?? `exit ${code}`})`));
  });
  return promise;
}
