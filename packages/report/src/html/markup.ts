import { toPlainPart } from '../text/plain.ts';

/** Markup that may be put into a page as it is. Only `html` and `trusted` make it, so plain text can't be taken for it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = Markup | string | number | readonly Markup[];

/** A template whose values are escaped unless they are markup: nothing a server or a user wrote becomes structure. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(strings.map((text, index) => text + toText(values[index])).join(''));
}

/** Markup of our own, such as a chart that was rendered. */
export const trusted = (text: string) => new Markup(text);

export const nothing = new Markup('');

export const join = (parts: readonly Markup[]) => new Markup(parts.map(({ text }) => text).join('\n'));

function toText(value: Value | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return join(value).text;
  return escapeHtml(String(value));
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As text or as an attribute's value in quotes; what steers, hides or turns the direction of writing is gone. */
function escapeHtml(text: string): string {
  return toPlainPart(text).replaceAll(/[&<>"']/g, (character) => references[character] ?? '');
}

/** JSON that can stand anywhere in HTML, in a `<script>` or a `<template>`: no markup, line separator or hidden character. */
export function escapeJson(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029\p{Cf}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
