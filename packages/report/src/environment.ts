import type { Run } from '@acceptbench/results/run';
import { counted, formatNumber } from './text/number.ts';

/** The machine, the software and the isolation of a run, a line of plain text each. Escape them where they are shown. */
export function environmentInWords({ environment, isolation, placement }: Run): string[] {
  const { os, kernel, arch, cpuModel, cores, freeCores, memoryBytes, versions } = environment;
  return [
    `${os} ${kernel} ${arch}, ${cpuModel}, ${counted(cores, 'core')} (${freeCores} for the server's work), ${formatNumber(memoryBytes / 2 ** 30)} GiB`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    isolation.mode === 'namespace'
      ? "each replicate in a network namespace of its own: the kernel's counters are the server's alone"
      : `no isolation (${isolation.reason}): the kernel's counters are the whole host's`,
    placementInWords(placement),
  ].filter((line) => line !== '');
}

function placementInWords({ server, load }: Run['placement']): string {
  const parts = [
    ...(server === null ? [] : [`the servers on ${counted(server.length, 'CPU')} (${server.join(', ')})`]),
    ...(load === null ? [] : [`k6 on ${counted(load.length, 'CPU')} (${load.join(', ')})`]),
  ];
  return parts.length === 0 ? '' : `confined: ${parts.join(', ')}`;
}

/** Kernel settings and the calibration of the work, a line of plain text each. */
export function settingsInWords({
  environment: { sysctls, openFiles },
  calibrations,
  seed,
  commit,
}: Run): string[] {
  const lines = Object.entries(sysctls).map(([name, value]) => `${name} = ${value ?? 'not readable'}`);
  if (openFiles !== null) lines.push(`open files: at most ${formatNumber(openFiles)}`);
  for (const { kind, iterations, medianMs, iqrMs, n } of calibrations) {
    lines.push(
      `work ${kind}:${iterations}: median ${formatNumber(medianMs)} ms, inter-quartile range ${formatNumber(iqrMs)} ms (n = ${n})`,
    );
  }
  lines.push(`seed of the order: ${seed}`);
  if (commit !== null) lines.push(`commit ${commit.sha}${commit.dirty ? ', with changes' : ''}`);
  return lines;
}

/** What keeps a run from being complete, as a plain-text sentence; null when nothing does. */
export function incompleteInWords(run: Run, replicates: number): string | null {
  const { design } = run.experiment;
  // A search has no number of replicates known before: it is complete when it has finished.
  const planned = design.kind === 'blocks' ? run.cells.length * design.blocks : replicates;
  if (design.kind === 'search' && run.finishedAt === null) return 'The search has not finished.';
  if (replicates >= planned) return null;
  const why = run.interrupted
    ? 'it was interrupted'
    : run.finishedAt === null
      ? 'it has not finished'
      : 'it ended early';
  return `The run has ${replicates} of ${counted(planned, 'planned replicate')}: ${why}.`;
}
