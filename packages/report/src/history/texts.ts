import { absent, formatFigure, formatRatio } from '../text/number.ts';
import { toPlainLine } from '../text/plain.ts';
import type { CellHistory, HistoryPoint } from './history.ts';

/** A run in a cell's table, as every renderer shows it. Plain text. */
export type PointTexts = {
  /** `2026-11-25 20:59`, UTC. */
  readonly when: string;
  readonly run: string;
  /** The runtime's version. */
  readonly version: string;
  /** The commit of acceptbench. */
  readonly commit: string;
  /** `246 (243–247)`. */
  readonly figure: string;
  /** Valid replicates of all: `3/3`. */
  readonly n: string;
  /** Ratio to the run before; absent where that is another cell. */
  readonly ratio: string;
  readonly changes: readonly string[];
};

export const pointTitles = [
  'when (UTC)',
  'run',
  'version',
  'commit',
  'median (range)',
  'valid',
  'to last',
] as const;

export function toPointTexts({ points }: CellHistory): PointTexts[] {
  return points.map((point, index) => ({
    when: point.run.startedAt.slice(0, 16).replace('T', ' '),
    run: toPlainLine(point.run.name ?? point.run.id),
    version: point.versions.map(toPlainLine).join(', ') || absent,
    commit:
      point.run.commit === null
        ? absent
        : `${point.run.commit.sha.slice(0, 7)}${point.run.commit.dirty ? '+' : ''}`,
    figure: formatFigure(point.figure),
    n: `${point.figure?.n ?? 0}/${point.of}`,
    ratio: ratioTo(points[index - 1], point),
    changes: point.changes.map(toPlainLine),
  }));
}

function ratioTo(before: HistoryPoint | undefined, point: HistoryPoint): string {
  const [base, head] = [before?.figure?.median, point.figure?.median];
  if (base === undefined || head === undefined || base <= 0 || point.isBreak) return absent;
  return formatRatio(head / base);
}

/** The medians by run; a run in which the cell is another one begins anew. */
export function toSegments({ points }: CellHistory): (number | null)[][] {
  const segments: (number | null)[][] = [];
  for (const { figure, isBreak } of points) {
    const last = segments.at(-1);
    if (last === undefined || isBreak) segments.push([figure?.median ?? null]);
    else last.push(figure?.median ?? null);
  }
  return segments;
}

/** What the figures are, and are not, in sentences. */
export const historyInWords: readonly string[] = [
  'Median (range) of the valid replicates of each run.',
  'Whether two runs differ, with an interval, is for acceptbench compare.',
];
