import type { Answer } from '../answers/answer.ts';
import type { ReportModel } from '../model/report-model.ts';
import { renderFigure } from './figure.ts';
import { html, join, type Markup, nothing } from './markup.ts';
import { renderSection } from './section.ts';
import { renderShell, type Sha256 } from './shell.ts';

/** A report as one file. `json` is the same report as data. */
export function renderHtml(model: ReportModel, json: string, sha256: Sha256): string {
  return renderShell(
    {
      title: model.title,
      header: renderHead(model),
      main: join([renderFirst(model), ...model.sections.map(renderSection)]),
      footer: html`Made by acceptbench from run ${model.runId}.`,
      json,
    },
    sha256,
  );
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
  const pictures = charts.slice(0, beside).map((chart) => renderFigure(chart));
  return html`<div class="first">
${pictures.length === 0 ? nothing : html`<div>${pictures}</div>`}
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
