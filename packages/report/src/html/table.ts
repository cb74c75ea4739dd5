import type { Table, TableCell, TableColumn } from '../model/table.ts';
import { html, type Markup } from './markup.ts';

/** A table that scrolls by itself where the page is too narrow for it. Rows are named by their first column. */
export function renderTable(table: Table): Markup {
  const { id, title, note, columns, rows } = table;
  return html`<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table id="${id}"><caption id="${id}-caption">${title}. <span>${note}</span></caption>
<thead><tr>${columns.map(toHead)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, index) => toCell(cell, columns[index], index === 0))}</tr>`)}
</tbody></table></div>`;
}

function toHead({ title, unit, align }: TableColumn): Markup {
  const below = unit === '' ? '' : html`<small>${unit}</small>`;
  return html`<th scope="col"${classOf(align)}><span>${title}</span> ${below}</th>`;
}

function toCell(cell: TableCell, column: TableColumn | undefined, isHead: boolean): Markup {
  if (isHead) return html`<th scope="row">${cell.text}</th>`;
  // What the text does not say by itself, sorting needs.
  const isSaid = cell.value === undefined || cell.value === null || cell.text === String(Number(cell.text));
  const value = isSaid ? '' : html` data-value="${Number(cell.value.toPrecision(6))}"`;
  const align = column?.align ?? 'left';
  const isLong = align === 'left' && cell.text.length > longest;
  return html`<td${isLong ? html` class="left long"` : classOf(align)}${value}>${cell.text}</td>`;
}

/** A text of more characters than this wraps. */
const longest = 36;

/** Figures stand at the right, unless told. */
const classOf = (align: TableColumn['align']) => (align === 'left' ? html` class="left"` : '');
