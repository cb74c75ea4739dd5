import type { Cell } from '@acceptbench/results/cell';
import type { Measurement } from '@acceptbench/results/measurement';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { type Figure, toObservedFigure } from '../analysis/summary.ts';
import type { Chart } from '../model/chart.ts';
import { curveChart } from '../model/charts/curve.ts';
import { extremes, range } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { figure, figureColumn } from '../model/table.ts';
import { formatNumber } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, byTopology, capital, duration, largest, span } from './subjects.ts';

const connectionsOf = ({ load }: Cell) => (load.kind === 'burst' ? load.connections : null);

type Burst = NonNullable<Measurement['burst']>;
const ofBurst =
  (pick: (burst: Burst) => number | null) =>
  ({ burst }: ValidReplicate) =>
    burst === null ? null : pick(burst);

const accepted = ofBurst(({ acceptedMs }) => acceptedMs);
const drained = ofBurst(({ drainedMs }) => drainedMs);
const next = ofBurst(({ nextMs }) => nextMs);
const recovered = ofBurst(({ recoveredMs }) => recoveredMs);
const refused = ofBurst(({ refused: count }) => count);
const before = ofBurst(({ before: { meanMs } }) => meanMs);
const overflows = ({ acceptQueue }: ValidReplicate) => acceptQueue?.overflows;

/** Many connections at one instant: when all are accepted, when all are answered, and what it costs the next one. */
export function burstAnswers(context: Context): Answers {
  const answers = answerByRuntime(context, (cells) =>
    byTopology(cells).flatMap(({ name, cells: group }) => {
      const top = largest(context, group, connectionsOf);
      return top === null ? [] : top.cells.map((cell) => ofCell(context, capital(name), cell, top.value));
    }),
  );
  const top = largest(context, context.cells, connectionsOf);
  return { headline: toHeadline(context, top), lead: null, answers };
}

function toHeadline(context: Context, top: ReturnType<typeof largest>): string {
  if (top === null) return 'Inconclusive: no cell has a valid replicate.';
  const each = byTopology(top.cells).map(({ name, cells }) => {
    const of = (pick: Parameters<typeof figureOf>[2]) => cells.map((cell) => figureOf(context, cell, pick));
    return `${name} accepts all within ${span(of(accepted), duration)}, with ${span(of(overflows))} overflows`;
  });
  return `Of ${formatNumber(top.value)} connections at one instant, ${each.join('; ')}.`;
}

function ofCell(context: Context, name: string, cell: Cell, connections: number): string {
  const of = (pick: Parameters<typeof figureOf>[2]) => figureOf(context, cell, pick)?.median;
  const lost = of(refused) ?? 0;
  return `${name}: ${formatNumber(connections)} connections are accepted in ${duration(of(accepted))} and answered in ${duration(of(drained))}; ${formatNumber(of(overflows))} overflows, ${formatNumber(lost)} without an answer. The next normal request takes ${duration(of(next))} (${duration(of(before))} before), and is as before after ${duration(of(recovered))} (n = ${context.validOf(cell).length}).`;
}

export function burstCharts(context: Context): (Chart | null)[] {
  const chart = (
    id: string,
    title: string,
    what: string,
    pick: Parameters<typeof figureOf>[2],
    more: readonly [title: string, unit: string, pick: Parameters<typeof figureOf>[2]][] = [],
  ) =>
    curveChart(context, {
      id,
      title,
      x: { title: 'connections at once', unit: '', scale: 'log', of: connectionsOf },
      y: { title: what, unit: 'ms', scale: 'log', of: (cell) => figureOf(context, cell, pick) },
      columns: more.map(([name, unit, each]) =>
        figureColumn(name, unit, ({ cell }) => figure(figureOf(context, cell, each, toObservedFigure))),
      ),
      toFinding: (points) => extremes(points, 'It takes'),
    });
  return [
    chart('burst-accepted', 'Time until all are accepted', 'accepted', accepted, [
      ['overflows', 'conn', overflows],
      ['refused', 'conn', refused],
    ]),
    chart('burst-drained', 'Time until all are answered', 'answered', drained, [
      ['next request', 'ms', next],
      ['recovered', 'ms', recovered],
    ]),
    curveChart(context, {
      id: 'burst-overflows',
      title: 'Connections that found the accept queue full',
      x: { title: 'connections at once', unit: '', scale: 'log', of: connectionsOf },
      y: {
        title: 'overflows',
        unit: 'conn',
        scale: 'linear',
        of: (cell): Figure | null => figureOf(context, cell, overflows, toObservedFigure),
      },
      toFinding: (points) => {
        const some = points.filter(({ y }) => y.median > 0);
        return some.length === 0
          ? 'None did.'
          : `${some.length} of ${points.length} cells overflow, from ${range([Math.min(...some.map(({ x }) => x))])} connections on.`;
      },
    }),
  ];
}
