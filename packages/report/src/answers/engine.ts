import type { Cell } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import type { Chart, DotRow } from '../model/chart.ts';
import { type Context, figureOf } from '../model/context.ts';
import { count, figure, figureColumn, textColumn, toTable } from '../model/table.ts';
import { formatNumber, formatRatio } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, byMedian, capital, withUnit } from './subjects.ts';

const serviceMs = ({ serviceTimeMs }: ValidReplicate) => serviceTimeMs?.mean;

/** `format` against `wasm`: how much of a difference is the JavaScript engine. */
export function engineAnswers(context: Context): Answers {
  const kinds = [...Map.groupBy(calmest(context), ({ work }) => work.kind)];
  const each = kinds.map(([kind, cells]) => `with ${kind} ${spreadInWords(context, cells)}`);
  const answers = answerByRuntime(context, (cells) =>
    calmest(context)
      .filter((cell) => cells.includes(cell))
      .map(
        (cell) =>
          `${capital(cell.work.kind)}: ${withUnit(figureOf(context, cell, serviceMs), 'ms')} of CPU a request, response ${formatNumber(context.summaryOf(cell)?.responseMeanMs?.median)} ms (n = ${context.validOf(cell).length}).`,
      ),
  );
  return { headline: `${capital(each.join('; '))}.`, lead: 'At the lowest load:', answers };
}

/** Within this the work costs the same on every runtime, for who reads a headline. */
const same = 1.03;

/** The dearest against the cheapest: `a request takes 8.56 ms of CPU on bun, 1.98 × the 4.33 ms on deno`. */
function spreadInWords(context: Context, cells: readonly Cell[]): string {
  const found = byMedian(context, cells, serviceMs);
  const [least, most] = [found[0], found.at(-1)];
  if (least === undefined || most === undefined || least === most) return 'there is nothing to compare';
  if (most.median <= same * least.median) {
    return `it takes ${formatNumber(least.median)} to ${formatNumber(most.median)} ms on each of ${found.length} runtimes`;
  }
  return `a request takes ${formatNumber(most.median)} ms of CPU on ${most.cell.runtime}, ${formatRatio(most.median / least.median)} × the ${formatNumber(least.median)} ms on ${least.cell.runtime}`;
}

/** Of each runtime and kind of work the valid cell of the lowest load, where nothing but the work takes time. */
function calmest(context: Context): Cell[] {
  const valid = context.cells.filter((cell) => context.validOf(cell).length > 0);
  const groups = Map.groupBy(valid, ({ runtime, work, topology }) => `${runtime} ${work.kind} ${topology}`);
  const rateOf = ({ load }: Cell) =>
    load.kind === 'constant-arrival-rate' ? load.ratePerSecond : Number.POSITIVE_INFINITY;
  return [...groups.values()].map((group) => group.reduce((a, b) => (rateOf(b) < rateOf(a) ? b : a)));
}

export function engineCharts(context: Context): (Chart | null)[] {
  const found = calmest(context).flatMap((cell) => {
    const service = figureOf(context, cell, serviceMs);
    return service === null ? [] : [{ cell, service }];
  });
  if (found.length === 0) return [];
  const title = 'CPU time of one request’s work';
  return [
    {
      id: 'service-time',
      title,
      finding:
        'The same work on each runtime; where the points of a kind lie together, the engine makes no difference.',
      drawing: {
        kind: 'dots',
        axis: {
          title: 'mean service time, ms',
          scale: 'linear',
          min: 0,
          max: Math.max(...found.map(({ service }) => service.max)),
        },
        rows: found
          .toSorted((a, b) => a.cell.work.kind.localeCompare(b.cell.work.kind))
          .map(
            ({ cell, service }): DotRow => ({
              label: `${cell.work.kind}, ${cell.runtime}`,
              look: context.lookOf(cell),
              value: service.median,
              low: service.min,
              high: service.max,
              aside: `${formatNumber(service.median)} ms, n = ${service.n}`,
              mark: null,
            }),
          ),
        reference: null,
        bands: [],
        markName: '',
      },
      table: toTable(
        { id: 'service-time-table', title, note: 'Median (range) of n valid replicates.', keys: 2 },
        found,
        [
          textColumn('work', ({ cell }) => cell.work.kind),
          textColumn('runtime', ({ cell }) => cell.runtime),
          figureColumn('n', '', ({ service }) => count(service.n)),
          figureColumn('service time', 'ms', ({ service }) => figure(service)),
        ],
      ),
    },
  ];
}
