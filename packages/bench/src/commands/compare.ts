import { type CompareReport, compareRuns } from '@acceptbench/report/compare/comparison';
import { environmentDifferences } from '@acceptbench/report/compare/environment';
import { FailOnError, type FailRule, parseFailOn, parseMargin } from '@acceptbench/report/compare/failOn';
import { renderCompareHtml } from '@acceptbench/report/compare/html';
import { renderCompareJson } from '@acceptbench/report/compare/json';
import { renderCompareMarkdown } from '@acceptbench/report/compare/markdown';
import { metricKeys, metrics, type RunMetric } from '@acceptbench/report/compare/metrics';
import { type Outcome, toOutcome } from '@acceptbench/report/compare/outcome';
import { type ComparedRun, type Matched, matchRuns } from '@acceptbench/report/compare/runs';
import { renderCompareTerminal } from '@acceptbench/report/compare/terminal';
import { matchWithin, parseSelector, type Selector, SelectorError } from '@acceptbench/report/compare/within';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { asked } from '../cellPattern.ts';
import { UsageError } from '../exitCodes.ts';
import { aMetric, collect, fromWhereItWasTyped } from '../flags.ts';
import { toStdout, writeTo } from '../output.ts';
import { damageInWords, type RunFolder, readRunFolder } from '../runFolder.ts';
import { sha256 } from '../sha256.ts';

/** What the exit says to a pipeline. */
const compareExits = { 'no regression': 0, regression: 1, inconclusive: 3 } as const satisfies Record<
  Outcome['state'],
  number
>;

const formats = ['terminal', 'markdown', 'html', 'json'] as const;
type Format = (typeof formats)[number];

interface Flags {
  readonly base?: Selector;
  readonly head: readonly Selector[];
  readonly baselineArm?: Selector;
  readonly metric?: readonly RunMetric[];
  readonly cell: readonly string[];
  readonly margin: number;
  readonly failOn: readonly FailRule[];
  readonly format: Format;
  readonly output: string;
}

/** `acceptbench compare`: two or more runs, or two kinds of cells of one run, with a verdict that a pipeline can trust. */
export function addCompareCommand(cli: Command): void {
  cli
    .command('compare')
    .description(
      'compare runs, or cells of one run that ran side by side; says whether there is a regression',
    )
    .argument('<base>', 'the folder of the run to compare with')
    .argument('[heads...]', 'folders of the runs to compare; none to compare cells within base')
    .option(
      '--base <what>',
      'within one run: the cells to compare with, by runtime (node@24) or topology=…, api=…, policy=…',
      reading(parseSelector),
    )
    .option(
      '--head <what>',
      'within one run: the cells to compare; may be given again',
      (text: string, before: readonly Selector[]) => [...before, reading(parseSelector)(text)],
      [],
    )
    .option('--baseline-arm <a|b>', 'within an A/A run: the arm to compare the other one with', arm)
    .option(
      '--metric <names>',
      `figures to compare, comma-separated: ${metricKeys.join(', ')} (default: ${defaults.map(({ key }) => key).join(', ')})`,
      (text) => text.split(',').map(aMetric),
    )
    .option('--cell <id>', 'only this cell; * stands for anything; may be given again', collect, [])
    .option(
      '--margin <percent>',
      'a ratio within it counts as the same (default: 3%)',
      reading(parseMargin),
      parseMargin('3%'),
    )
    .option(
      '--fail-on <what>',
      'what is a regression: a figure (p99), or slower, beyond-margin, inconclusive for any, or both (p99:beyond-margin), comma-separated; none (default: slower)',
      reading(parseFailOn),
      parseFailOn('slower'),
    )
    .addOption(new Option('--format <name>', 'how it is written').choices(formats).default('terminal'))
    .option('-o, --output <file>', 'where it is written; - is stdout', toStdout)
    .addHelpText(
      'after',
      '\nExit: 0 no regression · 1 regression · 2 wrong option, or what can’t be read, written or compared · 3 inconclusive or invalid',
    )
    .action(async (base: string, heads: string[], flags: Flags) => {
      process.exitCode = await compare(base, heads, flags);
    });
}

async function compare(base: string, heads: readonly string[], flags: Flags): Promise<number> {
  const folders = await Promise.all([base, ...heads].map(fromWhereItWasTyped).map(readRunFolder));
  const [first, ...others] = labelled(folders);
  if (first === undefined) throw new UsageError('compare what? Give the folder of a run');
  const named = flags.failOn.flatMap(({ metric }) => metrics.filter(({ key }) => key === metric));
  const wanted = [...(flags.metric ?? defaults), ...named];
  const { baseLabel, matches, pairing } = matched(first, others, flags);
  const chosen = matches.map((match) => onlyCells(match, flags.cell));
  if (chosen.every(({ pairs }) => pairs.length === 0)) throw new UsageError(nothingToCompare(chosen, flags));
  const report = compareRuns({
    base: first,
    baseLabel,
    matches: chosen.map((match) => ({
      ...match,
      differences: match.run === first.run ? [] : environmentDifferences(first.run, match.run),
    })),
    metrics: metrics.filter((metric) => wanted.includes(metric)),
    pairing,
    margin: flags.margin,
    notes: folders.flatMap((folder) => notesOn(folder, folders.length > 1)),
  });
  const outcome = toOutcome(report, flags.failOn);
  const target = flags.output === toStdout ? toStdout : fromWhereItWasTyped(flags.output);
  await writeTo(target, render(report, outcome, flags.format, target));
  return compareExits[outcome.state];
}

function render(report: CompareReport, outcome: Outcome, format: Format, target: string): string {
  switch (format) {
    case 'terminal': {
      const color = target === toStdout && (process.stdout.hasColors?.() ?? false);
      return renderCompareTerminal(report, outcome, { color });
    }
    case 'markdown':
      return renderCompareMarkdown(report, outcome);
    case 'html':
      return renderCompareHtml(report, outcome, sha256);
    case 'json':
      return renderCompareJson(report, outcome);
  }
}

type Matches = Pick<CompareReport, 'baseLabel' | 'pairing'> & { readonly matches: readonly Matched[] };

/** @throws UsageError when the flags do not go together, or name what is not there. */
function matched(first: ComparedRun, others: readonly ComparedRun[], flags: Flags): Matches {
  const { base, head, baselineArm } = flags;
  const within = base !== undefined || head.length > 0 || baselineArm !== undefined;
  if (!within) {
    if (others.length === 0) {
      throw new UsageError(
        'compare with what? Give another run’s folder, or --base and --head for cells of this one',
      );
    }
    return {
      baseLabel: first.label,
      pairing: 'none',
      matches: others.map((other) => matchRuns(first, other)),
    };
  }
  if (others.length > 0) {
    throw new UsageError(
      '--base, --head and --baseline-arm tell cells of one run apart; leave them out, or the other runs',
    );
  }
  const [from, to] = baselineArm === undefined ? [base, head] : [baselineArm, [otherArm(baselineArm)]];
  if (from === undefined || to.length === 0) throw new UsageError('--base and --head go together; give both');
  if (baselineArm !== undefined && (base !== undefined || head.length > 0)) {
    throw new UsageError('--baseline-arm says both base and head; leave --base and --head out');
  }
  try {
    const matches = to.map((each) => matchWithin(first, from, each));
    return { baseLabel: matches[0]?.pairs[0]?.baseSide.name ?? from.value, pairing: 'blocks', matches };
  } catch (error) {
    if (error instanceof SelectorError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** A match without the cells that were not asked for. */
function onlyCells(match: Matched, patterns: readonly string[]): Matched {
  if (patterns.length === 0) return match;
  const isAsked = asked(patterns);
  return {
    ...match,
    pairs: match.pairs.filter(({ base, head }) => isAsked(base.id) || isAsked(head.id)),
    incomparable: match.incomparable.filter(({ cellId }) => isAsked(cellId)),
    onlyInBase: match.onlyInBase.filter(isAsked),
    onlyInHead: match.onlyInHead.filter(isAsked),
  };
}

function nothingToCompare(chosen: readonly Matched[], { cell }: Flags): string {
  const [{ incomparable = [], onlyInBase = [], onlyInHead = [] } = {}] = chosen;
  const [one] = incomparable;
  if (one !== undefined) {
    return `nothing can be compared: ${one.cellId} has ${one.why}${incomparable.length > 1 ? `, and ${incomparable.length - 1} more` : ''}; acceptbench run --work-of <base> does the work of another run`;
  }
  if (cell.length > 0) return `no cell that both sides have is ${cell.join(' or ')}`;
  const some = (ids: readonly string[]) => (ids.length === 0 ? 'none' : ids.slice(0, 3).join(', '));
  return `no cell is in both: base has ${some(onlyInBase)}, head has ${some(onlyInHead)}`;
}

/** Runs with labels that tell them apart: the name that a run was given, or its id. */
function labelled(folders: readonly RunFolder[]): ComparedRun[] {
  const names = folders.map(({ run }) => run.name ?? run.id);
  return folders.map(({ run, replicates }, index) => {
    const name = names[index] ?? run.id;
    const isTaken = names.indexOf(name) !== names.lastIndexOf(name);
    return { label: isTaken ? `${name} (${index === 0 ? 'base' : `head ${index}`})` : name, run, replicates };
  });
}

function notesOn(folder: RunFolder, hasOthers: boolean): string[] {
  const { run } = folder;
  const unfinished = run.interrupted
    ? ['it was interrupted: cells may have fewer blocks than planned']
    : run.finishedAt === null
      ? ['it has not finished: cells may have fewer blocks than planned']
      : [];
  return [...damageInWords(folder), ...unfinished].map((note) => (hasOthers ? `${run.id}: ${note}` : note));
}

const defaults = metrics.filter(({ isDefault }) => isDefault);

function arm(text: string): Selector {
  if (text === 'a' || text === 'b') return { field: 'arm', value: text };
  throw new InvalidArgumentError('Accepted is a or b.');
}

const otherArm = ({ field, value }: Selector): Selector => ({ field, value: value === 'a' ? 'b' : 'a' });

/** A parser as commander takes one: what it says is wrong is said with the option's name. */
function reading<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof FailOnError || error instanceof SelectorError) {
        throw new InvalidArgumentError(`${error.message}.`);
      }
      throw error;
    }
  };
}
