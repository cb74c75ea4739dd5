import type { Replicate } from '@acceptbench/results/replicate';
import type { Link, Run } from '@acceptbench/results/run';
import { counted, formatNumber } from './number.ts';

/** The machine, the software and the isolation of a run, a line of plain text each. Escape them where they are shown. */
export function environmentInWords({ environment, isolation, placement }: Run): string[] {
  const { os, kernel, arch, cpuModel, cores, freeCores, memoryBytes, versions } = environment;
  return [
    `${os} ${kernel} ${arch}, ${cpuModel}, ${counted(cores, 'core')} (${freeCores} for the server's work)${memoryBytes === null ? '' : `, ${formatNumber(memoryBytes / 2 ** 30)} GiB`}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    isolation.mode === 'namespace' && isolation.link !== undefined
      ? `two hosts in network namespaces for each replicate, ${linkInWords(isolation.link)}: the kernel's counters are the server's alone`
      : isolation.mode === 'namespace'
        ? "each replicate in a network namespace of its own: the kernel's counters are the server's alone"
        : `no isolation (${isolation.reason}): the kernel's counters are the whole host's`,
    placementInWords(placement),
  ].filter((line) => line !== '');
}

/** What lies between the hosts of a run that has two. */
export function linkInWords({ delayMs, lossPercent }: Link): string {
  const parts = [
    ...(delayMs === 0 ? [] : [`${formatNumber(delayMs)} ms of delay`]),
    ...(lossPercent === 0 ? [] : [`${formatNumber(lossPercent)} % loss`]),
  ];
  return parts.length === 0
    ? 'joined by a veth pair'
    : `joined by a veth pair with ${parts.join(' and ')} in each direction`;
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
export function incompleteInWords(run: Run, replicates: readonly Replicate[]): string | null {
  const { design } = run.experiment;
  const early = run.interrupted
    ? 'it was interrupted'
    : run.finishedAt === null
      ? 'it has not finished'
      : null;
  // How many steps a search takes is not known before: it is complete when it has finished.
  if (design.kind === 'search') return early === null ? null : `The search is not complete: ${early}.`;
  const notOffered = new Set(
    replicates.flatMap(({ outcome, cell }) => (outcome === 'not-offered' ? [cell.id] : [])),
  );
  const planned = (run.cells.length - notOffered.size) * design.blocks;
  // A replicate may have had more than one attempt.
  const had = new Set(
    replicates.flatMap(({ cell, block }) => (notOffered.has(cell.id) ? [] : [`${block} ${cell.id}`])),
  );
  if (had.size >= planned) return null;
  return `The run has ${had.size} of ${counted(planned, 'planned replicate')}: ${early ?? 'it ended early'}.`;
}
