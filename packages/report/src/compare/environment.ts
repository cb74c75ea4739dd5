import type { Run } from '@acceptbench/results/run';
import { linkInWords } from '../text/environment.ts';
import { formatNumber } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';

/** Something that is not the same on both sides. Plain text. */
export type Difference = {
  readonly what: string;
  readonly base: string;
  readonly head: string;
  /** `expected`: what one compares runs for, such as the runtimes' versions. `warning`: it may be the cause of what is found. */
  readonly weight: 'warning' | 'expected';
};

/** Two readings of memory, or of how long the same work takes, are alike within this share. */
const alike = 0.05;

/** What differs between two runs' machines, software and settings: each that could be the cause, and the versions compared. */
export function environmentDifferences(base: Run, head: Run): Difference[] {
  const runtimes = (run: Run) => new Set(run.cells.map(({ runtime }) => runtime.split('@')[0] ?? runtime));
  const servers = new Set([...runtimes(base), ...runtimes(head)]);
  const versions = keysOf(base.environment.versions, head.environment.versions).map((name) =>
    differ(
      `version of ${name}`,
      base.environment.versions[name],
      head.environment.versions[name],
      servers.has(name.split('@')[0] ?? name) ? 'expected' : 'warning',
    ),
  );
  const sysctls = keysOf(base.environment.sysctls, head.environment.sysctls).map((name) =>
    differ(name, base.environment.sysctls[name], head.environment.sysctls[name]),
  );
  const [one, other] = [base.environment, head.environment];
  return [
    differ('operating system', one.os, other.os),
    differ('kernel', one.kernel, other.kernel),
    differ('architecture', one.arch, other.arch),
    differ('CPU model', one.cpuModel, other.cpuModel),
    differ('cores', one.cores, other.cores),
    differ("cores for the server's work", one.freeCores, other.freeCores),
    isAlike(one.memoryBytes, other.memoryBytes)
      ? null
      : differ('memory in GiB', gib(one.memoryBytes), gib(other.memoryBytes)),
    differ('isolation', isolationOf(base), isolationOf(head)),
    differ('CPUs of the servers', cpusOf(base.placement.server), cpusOf(head.placement.server)),
    differ('CPUs of the load generator', cpusOf(base.placement.load), cpusOf(head.placement.load)),
    ...sysctls,
    ...versions,
    ...calibrations(base, head),
    differ('version of acceptbench', base.acceptbenchVersion, head.acceptbenchVersion, 'expected'),
    differ('commit of acceptbench', commitOf(base), commitOf(head), 'expected'),
    differ('experiment', experimentOf(base), experimentOf(head)),
  ].filter((difference) => difference !== null);
}

/** The same iterations, timed before each run: one machine is slower, or was busy. */
function calibrations(base: Run, head: Run): (Difference | null)[] {
  return base.calibrations.map(({ kind, iterations, medianMs }) => {
    const other = head.calibrations.find((each) => each.kind === kind && each.iterations === iterations);
    if (other === undefined || isAlike(medianMs, other.medianMs)) return null;
    return differ(
      `time in ms that ${kind}:${iterations} took by itself`,
      formatNumber(medianMs),
      formatNumber(other.medianMs),
    );
  });
}

type Shown = string | number | null | undefined;

function differ(
  what: string,
  base: Shown,
  head: Shown,
  weight: Difference['weight'] = 'warning',
): Difference | null {
  if (base === head) return null;
  const show = (value: Shown) => toPlainLine(String(value ?? 'not known'));
  return { what, base: show(base), head: show(head), weight };
}

const isAlike = (a: number | null, b: number | null) =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= alike * Math.max(a, b));
const gib = (bytes: number | null) => (bytes === null ? null : formatNumber(bytes / 2 ** 30));
const cpusOf = (cpus: readonly number[] | null) => (cpus === null ? 'any' : cpus.join(', '));
const keysOf = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])];
const commitOf = ({ commit }: Run) =>
  commit === null ? 'not known' : `${commit.sha.slice(0, 12)}${commit.dirty ? ', with changes' : ''}`;
const experimentOf = ({ experiment: { name, form } }: Run) => `${name}, ${form} form`;
const isolationOf = ({ isolation }: Run) =>
  isolation.mode === 'none'
    ? 'none'
    : isolation.link === undefined
      ? 'a namespace for each replicate'
      : `two for each replicate, ${linkInWords(isolation.link)}`;
