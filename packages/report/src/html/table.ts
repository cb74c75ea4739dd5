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
  return html`<th scope="col" class="${align}"><span>${title}</span> ${below}</th>`;
}

function toCell(cell: TableCell, column: TableColumn | undefined, isHead: boolean): Markup {
  const align = column?.align ?? 'left';
  if (isHead) return html`<th scope="row">${cell.text}</th>`;
  const value = cell.value === undefined || cell.value === null ? '' : html` data-value="${cell.value}"`;
  return html`<td class="${align}"${value}>${cell.text}</td>`;
}
