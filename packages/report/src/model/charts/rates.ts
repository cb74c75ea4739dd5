import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { CellSummary } from '../../analysis/summary.ts';
import { topologyName } from '../../text/cell-name.ts';
import { counted, formatNumber } from '../../text/number.ts';
import type { Chart, Line, LinePanel } from '../chart.ts';
import type { Context } from '../context.ts';
import { count, figure, figureColumn, number, textColumn, toTable } from '../table.ts';

/** Rates this close are called the same: the books of a replicate close within 5 %. */
const sameRate = 0.05;

/** Completed against offered, a panel for each topology, with y = x. Null where no cell has an offered rate. */
export function ratesChart(context: Context): Chart | null {
  const found = context.rows.flatMap(({ cell, summary }) => {
    const offered = offeredPerSecond(cell);
    return offered === null || summary === null ? [] : [{ cell, summary, offered }];
  });
  if (found.length === 0) return null;
  const most = Math.max(...found.map(({ offered, summary }) => Math.max(offered, highest(summary))));
  const title = 'Offered and completed';
  return {
    id: 'offered-completed',
    title: `${title} requests per second`,
    finding: toFinding(found),
    drawing: {
      kind: 'lines',
      x: { title: 'offered, req/s', scale: 'linear', min: 0, max: most },
      y: { title: 'completed, req/s', scale: 'linear', min: 0, max: most },
      panels: toPanels(context, found, most),
    },
    table: toTable(
      {
        id: 'offered-completed-table',
        title,
        note: 'Median (range) of n valid replicates.',
        keys: 1,
      },
      found,
      [
        textColumn('cell', ({ cell }) => context.nameOf(cell)),
        figureColumn('n', '', ({ summary }) => count(summary.n)),
        figureColumn('offered', 'req/s', ({ offered }) => number(offered)),
        figureColumn('accepted', 'conn/s', ({ summary }) => figure(summary.acceptedPerSecond)),
        figureColumn('completed', 'req/s', ({ summary }) => figure(summary.completedPerSecond)),
        figureColumn('ceiling', 'req/s', ({ summary }) => figure(summary.ceilingPerSecond)),
      ],
    ),
  };
}

type Found = { readonly cell: Cell; readonly summary: CellSummary; readonly offered: number };

const highest = ({ completedPerSecond }: CellSummary) => completedPerSecond?.max ?? 0;

function toPanels(context: Context, found: readonly Found[], most: number): LinePanel[] {
  const byTopology = Map.groupBy(found, ({ cell }) => topologyName(cell));
  return [...byTopology].map(([topology, group]) => {
    const byName = Map.groupBy(group, ({ cell }) => nameWithin(context, cell));
    const lines = [...byName].flatMap(([name, each]): Line[] => {
      const first = each[0];
      if (first === undefined) return [];
      const points = each
        .toSorted((a, b) => a.offered - b.offered)
        .flatMap(({ offered, summary: { completedPerSecond: rate } }) =>
          rate === null ? [] : [[offered, rate.median, rate.min, rate.max] as const],
        );
      return [{ name, look: context.lookOf(first.cell), points, hasSymbols: true }];
    });
    return {
      title: byTopology.size === 1 ? '' : topology,
      lines: [
        {
          name: 'all of it (y = x)',
          look: 'offered',
          points: [
            [0, 0],
            [most, most],
          ],
        },
        ...lines,
      ],
      levels: [],
      shaded: [],
      ticks: [],
    };
  });
}

function nameWithin(context: Context, cell: Cell): string {
  const variant = context.variantOf(cell);
  return variant === '' ? cell.runtime : `${cell.runtime} (${variant})`;
}

function toFinding(found: readonly Found[]): string {
  const keeping = found.filter(
    ({ offered, summary }) => (summary.completedPerSecond?.median ?? 0) >= offered / (1 + sameRate),
  );
  const behind = found.filter((each) => !keeping.includes(each));
  const rates = behind.flatMap(({ summary }) => summary.completedPerSecond?.median ?? []);
  const most = behind.length === 0 ? '' : ` at ${range(behind.map(({ offered }) => offered))} offered`;
  if (behind.length === 0)
    return `Each of the ${counted(found.length, 'cell')} completed what it was offered.`;
  const kept = keeping.length === 0 ? '' : `${counted(keeping.length, 'cell')} completed what was offered; `;
  return `${kept}${counted(behind.length, 'cell')} fell behind: ${range(rates)} req/s completed${most}.`;
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(formatNumber);
  return low === high ? `${low}` : `${low} to ${high}`;
}
