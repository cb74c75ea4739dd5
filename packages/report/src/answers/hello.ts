import { type Cell, offeredPerSecond } from '@acceptbench/results/cell';
import type { ValidReplicate } from '@acceptbench/results/replicate';
import { toObservedFigure } from '../analysis/summary.ts';
import type { Chart } from '../model/chart.ts';
import { curveChart } from '../model/charts/curve.ts';
import { extremes, p99, tailChart } from '../model/charts/rates.ts';
import { type Context, figureOf } from '../model/context.ts';
import { loadName } from '../text/cell-name.ts';
import { formatNumber } from '../text/number.ts';
import type { Answers } from './answer.ts';
import { answerByRuntime, byMedian, capital, duration, withUnit } from './subjects.ts';

/** CPU time of the server for each request, in µs. */
const cpuMicros = ({ cpu, requests }: ValidReplicate) =>
  cpu.serverSeconds === null || requests.completed === 0
    ? null
    : (cpu.serverSeconds * 1e6) / requests.completed;
/** Cores that the load generator used, of those it has. */
const loadShare = ({ cpu }: ValidReplicate) =>
  cpu.loadSeconds === null || cpu.spanSeconds <= 0 ? null : cpu.loadSeconds / cpu.spanSeconds / cpu.loadCores;
const completed = ({ rates }: ValidReplicate) => rates.completedPerSecond;

/** No work: what accepting, parsing and answering cost; and where the load generator is the limit. */
export function helloAnswers(context: Context): Answers {
  const answers = answerByRuntime(context, (cells) =>
    cells.flatMap((cell) => (context.validOf(cell).length === 0 ? [] : [ofCell(context, cell)])),
  );
  const each = [...Map.groupBy(context.cells, ({ policy }) => policy)].map(
    ([policy, cells]) => `with ${policy} ${endsInWords(context, cells)}`,
  );
  const limited = context.replicates.filter(
    (replicate) =>
      replicate.outcome === 'invalid' && replicate.reasons.some(({ gate }) => generatorGates.includes(gate)),
  ).length;
  const limit =
    limited === 0 ? '' : ` In ${limited} replicates the load generator was the limit: they do not count.`;
  return {
    headline: `Without any work a request costs the server, in CPU time, ${each.join('; ')}.${limit}`,
    lead: null,
    answers,
  };
}

/** `96.9 µs (bun, 1500 req/s) to 368 µs (node, 500 req/s)`. */
function endsInWords(context: Context, cells: readonly Cell[]): string {
  const found = byMedian(context, cells, cpuMicros);
  const ends = [...new Set([found[0], found.at(-1)])].flatMap((end) => end ?? []);
  return ends.length === 0
    ? 'it was not measured'
    : ends
        .map(({ cell, median }) => `${formatNumber(median)} µs (${cell.runtime}, ${loadName(cell)})`)
        .join(' to ');
}

const generatorGates: readonly string[] = ['scheduling-lag', 'generator-cpu', 'virtual-users', 'arrivals'];

function ofCell(context: Context, cell: Cell): string {
  const load = figureOf(context, cell, loadShare)?.median;
  const generator =
    load === undefined ? '' : `, the load generator uses ${formatNumber(100 * load)} % of the cores it has`;
  const rate =
    offeredPerSecond(cell) === null ? `${withUnit(figureOf(context, cell, completed), 'req/s')}, ` : '';
  return `${capital(cell.policy)}, ${loadName(cell)}: ${rate}p50 ${duration(figureOf(context, cell, ({ responseTimeMs }) => responseTimeMs.p50, toObservedFigure)?.median)}, p99 ${duration(figureOf(context, cell, p99, toObservedFigure)?.median)}, ${withUnit(figureOf(context, cell, cpuMicros), 'µs of CPU a request')}${generator} (n = ${context.validOf(cell).length}).`;
}

export const helloCharts = (context: Context): (Chart | null)[] => [
  curveChart(context, {
    id: 'cpu-per-request',
    title: 'CPU time of the server for each request',
    x: { title: 'offered', unit: 'req/s', scale: 'linear', of: offeredPerSecond },
    y: { title: 'CPU', unit: 'µs', scale: 'linear', of: (cell) => figureOf(context, cell, cpuMicros) },
    toFinding: (points) => extremes(points, 'A request costs', 'µs'),
  }),
  tailChart(context),
];
