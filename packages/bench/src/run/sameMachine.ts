import type { Run } from '@acceptbench/results/run';

/** What a run is measured with and on: as it was when the run began, or as it is now. */
export type Circumstances = Pick<Run, 'acceptbenchVersion' | 'commit' | 'isolation' | 'environment'>;

/** How long a calibrated work takes now, as a multiple of what it took when the run began. */
export interface Pace {
  readonly kind: string;
  readonly ratio: number;
}

/** What has changed since a run began. Where figures before and after would not be of the same thing, it is not gone on with. */
export interface Changes {
  readonly refused: readonly string[];
  readonly warned: readonly string[];
}

/**
 * Work that takes so many times as long, or as short, is done by another machine. Less is told: cells are compared within a block,
 * where a machine that others use as well slows all of them.
 */
const otherPace = 3;
const noticeable = 1.1;

/** Compares what a run began with and what there is now. */
export function changesSince(then: Circumstances, now: Circumstances, paces: readonly Pace[]): Changes {
  const refused: string[] = [];
  const warned: string[] = [];
  const compare = (into: string[], what: string, before: unknown, after: unknown) => {
    if (before !== after) into.push(`${what} was ${shown(before)} and is ${shown(after)}`);
  };
  const [was, is] = [then.environment, now.environment];
  for (const [name, version] of Object.entries(was.versions)) {
    compare(refused, `the version of ${name}`, version, is.versions[name]);
  }
  compare(refused, 'acceptbench', then.acceptbenchVersion, now.acceptbenchVersion);
  for (const what of ['os', 'kernel', 'arch', 'cpuModel', 'cores', 'freeCores'] as const) {
    compare(refused, what, was[what], is[what]);
  }
  for (const [name, value] of Object.entries(was.sysctls)) compare(refused, name, value, is.sysctls[name]);
  compare(refused, 'isolation', then.isolation.mode, now.isolation.mode);
  compare(warned, 'memoryBytes', was.memoryBytes, is.memoryBytes);
  compare(warned, 'openFiles', was.openFiles, is.openFiles);
  compare(warned, 'the commit of acceptbench', said(then.commit), said(now.commit));
  for (const { kind, ratio } of paces) {
    const far = Math.max(ratio, 1 / ratio);
    if (far <= noticeable) continue;
    const line = `${kind} takes ${ratio.toFixed(2)} times what it took when the run began`;
    if (far > otherPace) refused.push(`${line}, more than ${otherPace} or less than a third`);
    else warned.push(line);
  }
  return { refused, warned };
}

function said(commit: Run['commit']): string | null {
  return commit === null ? null : `${commit.sha}${commit.dirty ? ' with changes' : ''}`;
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'not known' : String(value);
}
