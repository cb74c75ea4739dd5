import type { Block, Section } from '../model/section.ts';
import { quoteCommand } from '../text/escape-markdown.ts';
import { renderFigure } from './figure.ts';
import { html, join, type Markup } from './markup.ts';
import { renderTable } from './table.ts';

/** A part of a page, under its title. */
export function renderSection({ id, title, blocks }: Section): Markup {
  return html`<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${blocks.map(renderBlock)}
</section>`;
}

function renderBlock(block: Block): Markup {
  switch (block.kind) {
    case 'text':
      return html`<p>${block.text}</p>`;
    case 'heading':
      return html`<h3>${block.text}</h3>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>`;
    case 'terms':
      return html`<dl>${block.terms.map(([word, meaning]) => html`<dt>${word}</dt><dd>${meaning}</dd>`)}</dl>`;
    case 'command':
      return html`<pre tabindex="0"><code>${quoteCommand(block.command)}</code></pre>`;
    case 'table':
      return folded(block.isCollapsed, block.table.title, renderTable(block.table));
    case 'chart':
      return renderFigure(block.chart);
    case 'charts':
      return folded(
        block.isCollapsed,
        block.summary,
        html`<div class="${block.isLarge === true ? 'first' : 'multiples'}">${join(
          block.charts.map((chart) => renderFigure(chart, { isSmall: block.isLarge !== true })),
        )}</div>`,
      );
  }
}

function folded(isCollapsed: boolean, summary: string, content: Markup): Markup {
  return isCollapsed ? html`<details><summary>${summary}</summary>${content}</details>` : content;
}
