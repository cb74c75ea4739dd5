import { cssPaint } from '../charts/palette.ts';
import { renderInlineSvg } from '../charts/svg.ts';
import type { Chart } from '../model/chart.ts';
import { html, type Markup, nothing, trusted } from './markup.ts';
import { renderTable } from './table.ts';

/** px: a phone's width less its margins, and what a printed page holds. */
const narrow = 343;
const wide = 640;

/**
 * A chart with its title, what is seen in it, and its values as a table. In two widths where it is a large one, of which the
 * page shows the one that fits.
 */
export function renderFigure(chart: Chart, { isSmall = false, hasTable = true } = {}): Markup {
  const { id, title, finding, table } = chart;
  const label = `${title}. ${finding}`;
  const pictures = isSmall
    ? trusted(renderInlineSvg(chart, { paint: cssPaint, width: narrow }, label))
    : html`<div class="wide">${trusted(renderInlineSvg(withId(chart, `${id}-w`), { paint: cssPaint, width: wide }, label))}</div>
<div class="narrow">${trusted(renderInlineSvg(withId(chart, `${id}-n`), { paint: cssPaint, width: narrow }, label))}</div>`;
  const values = hasTable
    ? html`<details><summary>Its values as a table</summary>${renderTable(table)}</details>`
    : nothing;
  return html`<figure id="${id}"${isSmall ? html` class="small"` : nothing}>
<figcaption><strong>${title}</strong><span>${finding}</span></figcaption>
${pictures}
${values}
</figure>`;
}

const withId = (chart: Chart, id: string): Chart => ({ ...chart, id });
