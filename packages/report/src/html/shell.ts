import { escapeJson, html, type Markup, trusted } from './markup.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** SHA-256 of a text's UTF-8, in base64. */
export type Sha256 = (text: string) => string;

export type Page = {
  /** Plain text. */
  readonly title: string;
  readonly header: Markup;
  readonly main: Markup;
  readonly footer: Markup;
  /** The same as data, for who wants to use it again: it is in the template with the id acceptbench-data. */
  readonly json: string;
};

/**
 * One file that needs no network: pictures and tables are in it, style and script are known by their hashes, and nothing else
 * may load or run.
 */
export function renderShell({ title, header, main, footer, json }: Page, sha256: Sha256): string {
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
<title>${title}: acceptbench</title>
<style>${trusted(style)}</style>
</head>
<body>
${header}
<main>
${main}
</main>
<footer><p>${footer} This file needs no network; its data is in the template with the id acceptbench-data.</p></footer>
<template id="acceptbench-data">${trusted(escapeJson(json))}</template>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}
