import { leastBlocks, type RatioSummary } from '../../statistics/ratio.ts';
import { loadName } from '../../text/cell-name.ts';
import { formatMedian, formatNumber, formatRatio } from '../../text/number.ts';
import type { Chart, DotRow } from '../chart.ts';
import type { Comparisons, Ratio, VerdictWord } from '../comparisons.ts';
import type { Context, LoadGroup } from '../context.ts';
import {
  type ColumnOf,
  count,
  figure,
  figureColumn,
  type Table,
  type TableCell,
  textColumn,
  toTable,
  words,
} from '../table.ts';
import { spanOf, toDot, toReach } from './ratio-dots.ts';

/** A verdict is never told by colour alone. */
const verdictIcons: Readonly<Record<VerdictWord, string>> = {
  faster: '▲',
  slower: '▼',
  equivalent: '=',
  inconclusive: '~',
  negligible: '~',
  invalid: '✗',
  'not offered': '∅',
};

/** Of more rows than this, those without a ratio are not drawn: the finding counts them, and the table has them. */
const mostRows = 14;

/** Ratios to the baseline in one figure at one load. Null without one. */
export function forestChart(
  context: Context,
  { ratios, margin, noise }: Comparisons,
  group: LoadGroup,
  metricKey: string,
): Chart | null {
  const all = ratios.filter(
    ({ metric, head }) => metric.key === metricKey && group.cells.some(({ id }) => id === head.id),
  );
  const known = all.filter(({ row }) => row.comparison.ratio.state !== 'none');
  const metric = known[0]?.metric;
  if (metric === undefined) return null;
  const seen = noise.get(metricKey);
  const bands = [
    { name: `±${formatNumber(margin * 100)} %`, from: 1 / (1 + margin), to: 1 + margin },
    ...(seen === undefined ? [] : [{ name: `A/A ×${formatRatio(seen)}`, from: 1 / seen, to: seen }]),
  ];
  const rows = (all.length <= mostRows ? all : known).map((ratio) => toRow(context, ratio));
  return {
    id: `ratio-${metricKey}`,
    title: `${capital(metric.name)}, ratio: ${group.title}`,
    finding: toFinding(all),
    drawing: {
      kind: 'dots',
      axis: {
        title: `${metric.name}, ratio to the baseline (${metric.better} is better)`,
        scale: 'log',
        ...toReach(rows),
      },
      rows,
      reference: 1,
      bands,
      markName: '',
    },
    table: oneFigureTable(`ratio-${metricKey}-table`, `${metric.name}, ${metric.unit}`, all),
  };
}

function toRow(context: Context, { label, head, row, verdict }: Ratio): DotRow {
  const { furtherOut, ...dot } = toDot(row.comparison.ratio);
  return {
    label,
    look: context.lookOf(head),
    ...dot,
    aside: `${furtherOut}${verdictIcons[verdict]} ${verdict}`,
    mark: null,
  };
}

const findings: readonly (readonly [VerdictWord, string])[] = [
  ['faster', 'faster than its baseline'],
  ['slower', 'slower than its baseline'],
  ['equivalent', 'equivalent'],
  ['inconclusive', 'inconclusive'],
  ['negligible', 'too small to be told from nothing'],
  ['invalid', 'without a valid replicate of both'],
  ['not offered', 'not offered'],
];

const causeWords = {
  'no-pairs': 'no block has both',
  'too-few-blocks': `${leastBlocks} blocks are needed for a verdict`,
  'too-wide': 'the interval holds 1 and reaches beyond the margin',
  'not-after-holm': 'not after Holm’s adjustment for all that is compared',
  'not-positive': 'a figure is not above 0',
} as const;

/** Which cells are faster, which slower; where the inconclusive ones are so for one reason, why. */
function toFinding(all: readonly Ratio[]): string {
  const parts = findings.flatMap(([verdict, what]) => {
    const of = all.filter((each) => each.verdict === verdict);
    if (of.length === 0) return [];
    const which = of.length <= 3 ? of.map(({ label }) => label).join('; ') : `${of.length} of ${all.length}`;
    const why = verdict === 'inconclusive' ? whyOpen(of) : '';
    return [`${capital(what)}: ${of.length === all.length ? 'all' : which}${why}.`];
  });
  return parts.join(' ');
}

function whyOpen(open: readonly Ratio[]): string {
  const causes = new Set(
    open.flatMap(({ row: { comparison } }) =>
      comparison.verdict.state === 'inconclusive' ? [comparison.verdict.cause] : [],
    ),
  );
  const [cause] = causes.size === 1 ? causes : [];
  return cause === undefined ? '' : ` (${causeWords[cause]})`;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `0.97 (0.95–0.99)`: the interval; in square brackets, the range of fewer than six blocks. */
function ratioCell(ratio: RatioSummary): TableCell {
  const { center, low, high } = spanOf(ratio);
  if (ratio.state === 'none' || center === null || low === null || high === null)
    return { text: '–', value: null };
  const [open, close] = ratio.state === 'interval' ? ['(', ')'] : ['[', ']'];
  const text = `${formatRatio(center)} ${open}${formatRatio(low)}–${formatRatio(high)}${close}`;
  return { text, value: center, low, high, n: ratio.n };
}

const note =
  'Ratio (95 % interval) over n blocks; in square brackets the range, where there are fewer than six.';

const compared = textColumn<Ratio>('compared', ({ label }) => label);

const figures: readonly ColumnOf<Ratio>[] = [
  figureColumn('baseline', '', ({ row }) => figure(row.comparison.baseFigure, formatMedian)),
  figureColumn('cell', '', ({ row }) => figure(row.comparison.headFigure, formatMedian)),
  figureColumn('ratio', '', ({ row }) => ratioCell(row.comparison.ratio)),
  figureColumn('n', '', ({ row: { comparison } }) =>
    count(comparison.ratio.state === 'none' ? 0 : comparison.ratio.n),
  ),
  {
    title: 'verdict',
    unit: '',
    align: 'left',
    cell: ({ verdict }) => words(`${verdictIcons[verdict]} ${verdict}`),
  },
];

/** The ratios of one figure at one load. */
function oneFigureTable(id: string, title: string, ratios: readonly Ratio[]): Table {
  return toTable({ id, title, note, keys: 1 }, ratios, [compared, ...figures]);
}

/** All ratios, with the reason where there is no verdict. */
export function ratioTable(id: string, ratios: readonly Ratio[]): Table {
  return toTable({ id, title: 'Every ratio to the baseline', note, keys: 1 }, ratios, [
    compared,
    textColumn('load', ({ head }) => loadName(head)),
    textColumn('figure', ({ metric }) => `${metric.name}, ${metric.unit}`),
    ...figures,
    textColumn('why', toReason),
  ]);
}

function toReason({ row, verdict, words: clause }: Ratio): string {
  if (verdict === 'invalid' || verdict === 'not offered') return clause;
  return 'reason' in row.verdict ? row.verdict.reason : '';
}
