import type { RunMetric } from '../compare/metrics.ts';
import { renderFigure } from '../html/figure.ts';
import { html, type Markup } from '../html/markup.ts';
import { renderShell, type Sha256 } from '../html/shell.ts';
import type { Chart, Line } from '../model/chart.ts';
import { roundedRange } from '../model/charts/range.ts';
import { toLooks } from '../model/look.ts';
import { figure, figureColumn, type Table, textColumn, toTable } from '../model/table.ts';
import { counted, formatNumber } from '../text/number.ts';
import type { CellHistory, HistoryPoint } from './history.ts';
import { renderHistoryJson } from './json.ts';
import { historyInWords, type PointTexts, pointTitles, toPointTexts } from './texts.ts';

/** A figure over runs as one page that needs no network: for each cell a line and a table, oldest run first. */
export function renderHistoryHtml(
  histories: readonly CellHistory[],
  metric: RunMetric,
  sha256: Sha256,
): string {
  const looks = toLooks(histories.map(({ cellId }) => ({ runtime: runtimeOf(cellId) })));
  const title = `${metric.name} over runs`;
  return renderShell(
    {
      title,
      header: html`<header>
<p class="kicker"><span>acceptbench · history</span></p>
<h1>${title}</h1>
<p>${metric.name}, ${metric.unit} (${metric.better} is better).</p>
${historyInWords.map((line) => html`<p class="about">${line}</p>`)}
</header>`,
      main: html`<div class="first">
${histories.map((history, index) => renderFigure(toChart(history, metric, looks, index)))}
</div>
${renderChanges(histories)}`,
      footer: html`Made by acceptbench history.`,
      json: renderHistoryJson(histories, metric),
    },
    sha256,
  );
}

const runtimeOf = (cellId: string) => cellId.split('-')[0] ?? cellId;

function toChart(
  history: CellHistory,
  metric: RunMetric,
  looks: ReturnType<typeof toLooks>,
  index: number,
): Chart {
  const { cellId, points } = history;
  const medians = points.flatMap(({ figure: of }) => (of === null ? [] : [of.median]));
  const [least, most] = [Math.min(...medians), Math.max(...medians)];
  const lows = points.flatMap(({ figure: of }) => (of === null ? [] : [of.min]));
  const highs = points.flatMap(({ figure: of }) => (of === null ? [] : [of.max]));
  const range = roundedRange([...lows, ...highs]);
  const look = looks({ runtime: runtimeOf(cellId) });
  return {
    id: `cell${index}`,
    title: cellId,
    finding: `Medians from ${formatNumber(least)} to ${formatNumber(most)} ${metric.unit} over ${counted(points.length, 'run')}.${range.min === 0 ? '' : ' The axis does not start at 0.'}`,
    drawing: {
      kind: 'lines',
      x: { title: 'run, oldest first', scale: 'linear', min: 0, max: points.length + 1 },
      y: { title: `${metric.name}, ${metric.unit}`, scale: 'linear', ...range },
      panels: [
        {
          title: '',
          lines: [{ name: 'median and range', look, points: toLinePoints(points), hasSymbols: true }],
          levels: [],
          shaded: [],
          ticks: [],
        },
      ],
    },
    table: toPointTable(history, index),
  };
}

/** A run without the figure is a gap, and so is the step to one in which the cell is another one. */
function toLinePoints(points: readonly HistoryPoint[]): Line['points'] {
  return points.flatMap(({ figure: of, isBreak }, index): Line['points'] => {
    const x = index + 1;
    const gap: Line['points'] = isBreak ? [[x - 0.5, null]] : [];
    return of === null ? [...gap, [x, null]] : [...gap, [x, of.median, of.min, of.max]];
  });
}

type Row = { readonly point: HistoryPoint; readonly texts: PointTexts };

function toPointTable(history: CellHistory, index: number): Table {
  const texts = toPointTexts(history);
  const rows = history.points.flatMap((point, at) => {
    const of = texts[at];
    return of === undefined ? [] : [{ point, texts: of }];
  });
  const [when, run, version, commit, median, valid, ratio] = pointTitles;
  return toTable<Row>(
    { id: `cell${index}-values`, title: history.cellId, note: 'A line for each run, oldest first.', keys: 2 },
    rows,
    [
      textColumn(when, ({ texts: each }) => each.when),
      textColumn(run, ({ texts: each }) => each.run),
      textColumn(version, ({ texts: each }) => each.version),
      textColumn(commit, ({ texts: each }) => each.commit),
      figureColumn(median, '', ({ point }) => figure(point.figure)),
      figureColumn(valid, '', ({ texts: each }) => ({ text: each.n })),
      figureColumn(ratio, '', ({ texts: each }) => ({ text: each.ratio })),
    ],
  );
}

function renderChanges(histories: readonly CellHistory[]): Markup {
  const changed = histories.flatMap((history) =>
    toPointTexts(history).flatMap(({ when, changes }) =>
      changes.map((change) => ({ cellId: history.cellId, line: `${when}: ${change}` })),
    ),
  );
  const lines = [...Map.groupBy(changed, ({ line }) => line)].map(([line, of]) => {
    if (of.length === histories.length) return line;
    return `${line} (${of.map(({ cellId }) => cellId).join(', ')})`;
  });
  const said = lines.length === 0 ? ['Nothing changed between the runs, as far as they say.'] : lines;
  return html`<section aria-labelledby="changes-title"><h2 id="changes-title">Not as in the run before</h2><ul>${said.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}
