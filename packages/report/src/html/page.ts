import type { Answer } from '../answers/answer.ts';
import type { ReportModel } from '../model/report-model.ts';
import type { Block, Section } from '../model/section.ts';
import { quoteCommand } from '../text/escape-markdown.ts';
import { renderFigure } from './figure.ts';
import { escapeJson, html, join, type Markup, nothing, trusted } from './markup.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { renderTable } from './table.ts';

/** SHA-256 of a text's UTF-8, in base64. */
export type Sha256 = (text: string) => string;

/**
 * A report as one file that needs no network: pictures and tables are in it, style and script are known by their hashes, and
 * nothing else may load or run. `json` is the same report as data, for who wants to use it again.
 */
export function renderHtml(model: ReportModel, json: string, sha256: Sha256): string {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256(style)}'`,
    `script-src 'sha256-${sha256(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${model.title}: acceptbench</title>
<style>${trusted(style)}</style>
</head>
<body>
${renderHead(model)}
<main>
${renderFirst(model)}
${model.sections.map(renderSection)}
</main>
<footer><p>Made by acceptbench from run ${model.runId}. This file needs no network; its data is in the template with the id acceptbench-data.</p></footer>
<template id="acceptbench-data">${trusted(escapeJson(json))}</template>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

const badges = {
  valid: ['good', '✓'],
  partly: ['open', '◐'],
  none: ['bad', '✗'],
  empty: ['bad', '∅'],
} as const;

function renderHead(model: ReportModel): Markup {
  const { title, question, validity, answers, environment, baseline, mismatches } = model;
  const [tone, icon] = badges[validity.state];
  return html`<header>
<p class="kicker"><span>acceptbench · ${title}</span> <span class="badge ${tone}"><span aria-hidden="true">${icon}</span>${validity.word}</span></p>
<h1>${answers.headline}</h1>
<p class="question">${question}</p>
<p class="about">${validity.sentences.join(' ')}</p>
<p class="about">${environment} ${baseline ?? ''}</p>
${mismatches.map((line) => html`<p class="about warn">${line}</p>`)}
</header>`;
}

/** The first charts with the answers beside them, then the others. */
function renderFirst({ charts, answers }: ReportModel): Markup {
  const beside = 2;
  return html`<div class="first">
<div>${charts.slice(0, beside).map((chart) => renderFigure(chart))}</div>
<div>${answers.lead === null ? nothing : html`<p class="lead">${answers.lead}</p>`}
<ul class="answers">
${answers.answers.map(renderAnswer)}
</ul></div>
${charts.slice(beside).map((chart) => renderFigure(chart))}
</div>`;
}

function renderAnswer({ subject, look, sentences }: Answer): Markup {
  return html`<li class="${look?.family ?? 'none'}"><h2>${subject}</h2>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</li>`;
}

function renderSection({ id, title, blocks }: Section): Markup {
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
