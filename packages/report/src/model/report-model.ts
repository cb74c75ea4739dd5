import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import type { Run } from '@acceptbench/results/run';
import type { Answers } from '../answers/answer.ts';
import { toFirst } from '../answers/kinds.ts';
import { linkInWords } from '../text/environment.ts';
import { formatNumber } from '../text/number.ts';
import { toPlain } from '../text/plain.ts';
import { booksInWords } from './books.ts';
import type { Chart } from './chart.ts';
import { toComparisons } from './comparisons.ts';
import { type Context, toContext } from './context.ts';
import { toDrift } from './drift.ts';
import { notMeasured, type Rejected, rejected } from './rejected.ts';
import type { Section } from './section.ts';
import {
  againSection,
  balanceSection,
  comparisonsSection,
  figuresSection,
  hostSection,
  latencySection,
  overTimeSection,
  readingSection,
  waitsByLoadSection,
} from './sections.ts';
import type { ReplicateSeries } from './series.ts';
import { booksSection, rejectedSection } from './trustSections.ts';
import { toValidity, type Validity } from './validity.ts';

export type ReportInput = {
  readonly run: Run;
  readonly replicates: readonly Replicate[];
  /** Of the replicates that `chooseSeries` chose. */
  readonly series?: readonly ReplicateSeries[];
  /** What of the run could not be read, a sentence each. */
  readonly problems?: readonly string[];
};

/**
 * A report before it has a form: every figure, verdict and sentence of it, worked out once, so that HTML, Markdown, JSON and the
 * terminal can only show the same. Plain text throughout: it may hold what a server or a user wrote.
 */
export type ReportModel = {
  readonly runId: string;
  readonly title: string;
  readonly question: string;
  readonly validity: Validity;
  readonly answers: Answers;
  /** The machine and the software, in one line. */
  readonly environment: string;
  /** What the ratios are to; null where nothing is compared. */
  readonly baseline: string | null;
  /** What differs where it should not. */
  readonly mismatches: readonly string[];
  /** The first screen's, in order. */
  readonly charts: readonly Chart[];
  readonly sections: readonly Section[];
  /** The books, a line each; the replicates that do not count; what was not measured. */
  readonly books: readonly string[];
  readonly rejected: readonly Rejected[];
  readonly notMeasured: readonly string[];
};

export function toReportModel(input: ReportInput): ReportModel {
  return plainly(assemble(input));
}

/** The same with every text plain, whoever wrote it; but not a command, which is to be run again as it was. */
function plainly<T>(value: T): T;
function plainly(value: unknown): unknown {
  if (typeof value === 'string') return toPlain(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map((each) => plainly(each));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === 'command' ? each : plainly(each)]),
  );
}

function assemble({ run, replicates, series = [], problems = [] }: ReportInput): ReportModel {
  const context = toContext(run, replicates);
  const comparisons = toComparisons(context);
  const drift = toDrift(context);
  const first = toFirst(context, comparisons);
  // A search's steps are at rates of their own: at none of them are two cells compared.
  const isSearch = run.experiment.design.kind === 'search';
  const sections = [
    isSearch ? null : comparisonsSection(comparisons),
    figuresSection(context),
    isSearch ? null : waitsByLoadSection(context),
    isSearch ? null : latencySection(context),
    overTimeSection(context, series),
    balanceSection(context),
    booksSection(context, drift),
    hostSection(context),
    rejectedSection(context),
    readingSection(context),
    againSection(context),
  ];
  return {
    runId: run.id,
    title: run.name ?? run.experiment.name,
    question: run.experiment.question,
    validity: toValidity(run, replicates, problems),
    answers: first.answers,
    baseline: isSearch ? null : comparisons.baseline,
    environment: environmentLine(run),
    mismatches: [...toMismatches(context), ...drift.found],
    charts: first.charts,
    sections: sections.filter((section) => section !== null),
    books: booksInWords(replicates),
    rejected: rejected(replicates),
    notMeasured: notMeasured(replicates),
  };
}

function environmentLine({ environment, isolation }: Run): string {
  const { os, kernel, cpuModel, cores, versions } = environment;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const link = isolation.mode === 'namespace' ? isolation.link : undefined;
  const own =
    isolation.mode === 'none'
      ? ''
      : link === undefined
        ? ', each replicate in a network namespace of its own'
        : `, server and load generator in a network namespace each, ${linkInWords(link)}`;
  return `${software.join(', ')} on ${os} ${kernel}, ${cpuModel}, ${formatNumber(cores)} cores${own}.`;
}

/** Every difference between what is compared that is not what the run varies. */
function toMismatches({ run, replicates, cells }: Context): string[] {
  const ranks = new Map(cells.map(({ id }, rank) => [id, rank]));
  const rankOf = ({ cell }: Replicate) => ranks.get(cell.id) ?? 0;
  const found: string[] = [];
  if (run.isolation.mode === 'none') {
    found.push(`Not isolated (${run.isolation.reason}): kernel counters are the whole host's.`);
  }
  const limits = new Map<string, Set<number>>();
  const versions = new Map<string, Set<string>>();
  for (const replicate of replicates.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    if (!isMeasured(replicate)) continue;
    const { cell, server } = replicate;
    const version = versions.get(cell.runtime) ?? new Set();
    versions.set(cell.runtime, version.add(server.version));
    if (cell.backlog !== undefined || server.effectiveBacklog === null || cell.listeners > 1) continue;
    const limit = limits.get(cell.runtime) ?? new Set();
    limits.set(cell.runtime, limit.add(server.effectiveBacklog));
  }
  if (new Set([...limits.values()].flatMap((each) => [...each])).size > 1) {
    const each = [...limits].map(([runtime, values]) => `${runtime} ${[...values].join(' or ')}`);
    found.push(`Accept queue limits differ: ${each.join(', ')}.`);
  }
  for (const [runtime, seen] of versions) {
    const planned = run.environment.versions[runtime];
    const others = [...seen].filter((version) => version !== planned);
    if (planned !== undefined && others.length > 0) {
      found.push(`${runtime} said it is ${others.join(' and ')}, where ${planned} was to run.`);
    }
  }
  if (run.commit?.dirty === true) found.push('acceptbench itself had changes that are in no commit.');
  return found;
}
