import { renderFigure } from '../html/figure.ts';
import { html, join, type Markup, nothing } from '../html/markup.ts';
import { renderShell, type Sha256 } from '../html/shell.ts';
import { renderTable } from '../html/table.ts';
import type { Chart, DotRow } from '../model/chart.ts';
import { spanOf, toDot, toReach } from '../model/charts/ratio-dots.ts';
import { toLooks } from '../model/look.ts';
import { count, figureColumn, type Table, textColumn, toTable, words } from '../model/table.ts';
import { formatNumber } from '../text/number.ts';
import type { CompareReport, HeadComparison } from './comparison.ts';
import { renderCompareJson } from './json.ts';
import type { Outcome } from './outcome.ts';
import { type HeadTexts, type RowGroup, type RowTexts, superscript, toHeadTexts } from './rowTexts.ts';
import {
  differenceInWords,
  findingsInWords,
  leftOutInWords,
  methodInWords,
  nameOf,
  outcomeInWords,
  sidesInWords,
} from './words.ts';

/** More rows than this are no picture any more: it then shows those with a verdict of faster or slower. */
const mostDots = 60;

/** A comparison as one page that needs no network: the outcome, a picture and a table for each figure, and what was left out. */
export function renderCompareHtml(report: CompareReport, outcome: Outcome, sha256: Sha256): string {
  const heads = report.heads.map((head, index) => ({ head, index, texts: toHeadTexts(head) }));
  return renderShell(
    {
      title: `compare ${report.baseLabel} and ${report.heads.map(({ headLabel }) => headLabel).join(', ')}`,
      header: renderHeader(report, outcome, heads),
      main: join([
        ...heads.flatMap(({ head, index, texts }) => renderHead(report, head, texts, index)),
        renderList('how', 'How to read it', methodInWords(report)),
      ]),
      footer: html`Made by acceptbench compare.`,
      json: renderCompareJson(report, outcome),
    },
    sha256,
  );
}

const badges = {
  regression: ['bad', '✗'],
  inconclusive: ['open', '◐'],
  'no regression': ['good', '✓'],
} as const satisfies Record<Outcome['state'], readonly [string, string]>;

type Head = { readonly head: HeadComparison; readonly texts: HeadTexts };

function renderHeader(report: CompareReport, outcome: Outcome, heads: readonly Head[]): Markup {
  const [tone, icon] = badges[outcome.state];
  const findings = heads.flatMap(({ texts }) => findingsInWords(texts));
  const differences = report.heads.flatMap((head) => head.differences);
  return html`<header>
<p class="kicker"><span>acceptbench · compare</span> <span class="badge ${tone}"><span aria-hidden="true">${icon}</span>${outcome.state}</span></p>
<h1>${outcomeInWords(outcome)}</h1>
${sidesInWords(report).map((line) => html`<p class="about">${line}</p>`)}
${differences.map((each) => html`<p class="about${each.weight === 'warning' ? ' warn' : ''}">differs${each.weight === 'warning' ? '' : ', as it may'}: ${differenceInWords(each)}</p>`)}
${report.notes.map((note) => html`<p class="about warn">${note}</p>`)}
${findings.length === 0 ? nothing : html`<ul>${findings.map((finding) => html`<li>${finding}</li>`)}</ul>`}
</header>`;
}

function renderHead(report: CompareReport, head: HeadComparison, texts: HeadTexts, index: number): Markup[] {
  const { names, groups, footnotes } = texts;
  const id = `head${index}`;
  const title = `${head.headLabel} against ${report.baseLabel}`;
  const looks = toLooks(head.rows.map(({ pair }) => pair.head));
  const figures = groups.map((group) => {
    const table = toRowTable(group, names, `${id}-${group.metric.key}-values`);
    const chart = toChart(group, looks, report.margin, table);
    return join([
      renderFigure({ ...chart, id: `${id}-${group.metric.key}` }, { hasTable: false }),
      renderTable(table),
    ]);
  });
  const notes = footnotes.map((note, at) => `${superscript(at + 1)} ${note}`);
  return [
    html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
<div class="first">${figures.map((figure) => html`<div>${figure}</div>`)}</div>
${notes.map((note) => html`<p class="about">${note}</p>`)}
</section>`,
    renderList(`${id}-left-out`, 'Not compared', leftOutInWords(head, report.baseLabel)),
  ];
}

function renderList(id: string, title: string, lines: readonly string[]): Markup {
  if (lines.length === 0) return nothing;
  return html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}

function toRowTable({ title, rows }: RowGroup, names: readonly string[], id: string): Table {
  return toTable<RowTexts>({ id, title, note: 'Medians, and head / base.', keys: names.length }, rows, [
    ...names.map((name, index) => textColumn<RowTexts>(name || 'variant', (row) => row.name[index] ?? '')),
    figureColumn('base', '', ({ base, row }) => ({
      text: base,
      value: row.comparison.baseFigure?.median ?? null,
    })),
    figureColumn('head', '', ({ head, row }) => ({
      text: head,
      value: row.comparison.headFigure?.median ?? null,
    })),
    figureColumn('ratio', '', (each) => ({
      text: each.ratio,
      value: spanOf(each.row.comparison.ratio).center,
    })),
    figureColumn('n', 'blocks', ({ n, row }) =>
      row.comparison.ratio.state === 'none' ? words(n) : count(Number(n)),
    ),
    textColumn('verdict', ({ verdict, note }) => `${verdict}${note === null ? '' : superscript(note)}`),
  ]);
}

type Looks = ReturnType<typeof toLooks>;

function toChart({ metric, title, rows }: RowGroup, looks: Looks, margin: number, table: Table): Chart {
  const told = rows.filter(({ row }) => row.verdict.state === 'slower' || row.verdict.state === 'faster');
  const shown = rows.length <= mostDots ? rows : told.slice(0, mostDots);
  const dots = shown.map((each): DotRow => {
    const { furtherOut, ...dot } = toDot(each.row.comparison.ratio);
    return {
      ...dot,
      label: nameOf(each) || each.row.pair.head.id,
      look: looks(each.row.pair.head),
      aside: `${furtherOut}${each.verdict}`,
      mark: null,
    };
  });
  const counts = [...Map.groupBy(rows, ({ row }) => row.verdict.state)].map(
    ([state, { length }]) => `${length} ${state}`,
  );
  const cut = shown.length < rows.length ? ` The picture shows ${shown.length} of ${rows.length}.` : '';
  return {
    id: metric.key,
    title,
    finding: `Of ${rows.length}: ${counts.join(', ')}.${cut}`,
    drawing: {
      kind: 'dots',
      axis: { title: 'ratio, head / base', scale: 'log', ...toReach(dots) },
      rows: dots,
      reference: 1,
      bands: [{ name: `±${formatNumber(margin * 100)} %`, from: 1 / (1 + margin), to: 1 + margin }],
      markName: '',
    },
    table,
  };
}
