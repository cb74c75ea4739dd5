import type { EChartsOption } from 'echarts';
import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from '../model/chart.ts';
import { toDotsOption } from './dots.ts';
import { fontSize, widthOf } from './layout.ts';
import { toLinesOption } from './lines.ts';
import { lightPaint, type Paint } from './palette.ts';
import { toStackOption } from './stack.ts';

use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
]);

// ECharts' own guess, without a canvas to measure on, is too narrow for wide fonts: entries of a legend would touch. A line's
// height is to it the width of 国.
setPlatformAPI({
  measureText: (text, font = '') => ({
    width: (widthOf(text) * Number.parseFloat(/[\d.]+(?=px)/.exec(font)?.[0] ?? `${fontSize}`)) / fontSize,
  }),
});

/** A chart ready to be drawn: its size in px, and what ECharts is told. */
export type Plan = { readonly height: number; readonly option: EChartsOption };

export type Sheet = {
  readonly paint: Paint;
  /** px. Below 480 labels stand above their rows. */
  readonly width: number;
};

/**
 * A chart as an `<svg>` element for a page with the palette's custom properties. It has no style, class or script of its own, so
 * a strict Content-Security-Policy holds. `label` is what it is called to who can't see it.
 */
export function renderInlineSvg(chart: Chart, sheet: Sheet, label: string): string {
  const { height, body } = draw(chart, sheet);
  return `<svg role="img" aria-label="${escapeXml(label)}" viewBox="0 0 ${sheet.width} ${height}" width="${sheet.width}" height="${height}">${body}</svg>`;
}

/** A chart as an SVG file on an opaque card: GitHub shows it in light and in dark pages, and does not say which. */
export function renderSvgFile(chart: Chart, width: number): string {
  const { height, body } = draw(chart, { paint: lightPaint, width });
  const [margin, head] = [16, 40];
  const [fullWidth, fullHeight] = [width + 2 * margin, height + head + margin];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fullWidth} ${fullHeight}" width="${fullWidth}" height="${fullHeight}" font-family="system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif" role="img" aria-label="${escapeXml(`${chart.title}. ${chart.finding}`)}">`,
    `<title>${escapeXml(chart.title)}</title><desc>${escapeXml(chart.finding)}</desc>`,
    `<rect x="0.5" y="0.5" width="${fullWidth - 1}" height="${fullHeight - 1}" rx="6" fill="${lightPaint('paper')}" stroke="${lightPaint('grid')}"/>`,
    `<text x="${margin}" y="27" font-size="15" font-weight="600" fill="${lightPaint('ink')}">${escapeXml(chart.title)}</text>`,
    `<g transform="translate(${margin} ${head})">${body}</g></svg>\n`,
  ].join('');
}

function draw(chart: Chart, sheet: Sheet): { height: number; body: string } {
  const { height, option } = toPlan(chart, sheet);
  const instance = init(null, null, { renderer: 'svg', ssr: true, width: sheet.width, height });
  try {
    instance.setOption({ ...option, animation: false });
    return { height, body: clean(instance.renderToSVGString(), chart.id) };
  } finally {
    instance.dispose();
  }
}

function toPlan({ drawing }: Chart, sheet: Sheet): Plan {
  switch (drawing.kind) {
    case 'dots':
      return toDotsOption(drawing, sheet);
    case 'stack':
      return toStackOption(drawing, sheet);
    case 'lines':
      return toLinesOption(drawing, sheet);
  }
}

/**
 * What is inside ECharts' `<svg>`, without what a page can't have or does not need: its `<style>` (hover effects), style attributes
 * (as presentation attributes instead), classes, and ids that two charts of one page would share. ECharts writes `"`, `<` and
 * `>` of a text as references, so these patterns match markup only.
 */
function clean(svg: string, id: string): string {
  return (
    svg
      .replace(/^<svg[^>]*>\s*(?:<rect[^>]*fill="none"><\/rect>)?/, '')
      .replace(/<\/svg>\s*$/, '')
      .replaceAll(/<style[^>]*>[\s\S]*?<\/style>/g, '')
      .replaceAll(/ style="([^"]*)"/g, (_, style: string) => toAttributes(style))
      .replaceAll(/ (?:class|pointer-events|xml:space|ecmeta_\w+)="[^"]*"/g, '')
      .replaceAll(/(id="|url\(#)zr\d+-/g, (_, before: string) => `${before}${id}-`)
      .replaceAll(/ (?:d|points|transform|[xy])="[^"A]*"/g, toTenths)
      .replaceAll(/><\/(path|rect|circle|line|polyline|polygon|ellipse)>/g, '/>')
      .replaceAll(/>\s*\n\s*</g, '><')
      .replaceAll(/<path d=""[^>]*\/>/g, '')
      // Grid lines and ticks that follow each other are one path.
      .replaceAll(/<path d="([^"]*)"([^>]*)\/>(?:<path d="[^"]*"\2\/>)+/g, (run, _, attributes: string) => {
        const paths = [...run.matchAll(/ d="([^"]*)"/g)].map(([, path]) => path);
        return `<path d="${paths.join('')}"${attributes}/>`;
      })
      .trim()
  );
}

/** A tenth of a px is more than is seen; but not in an arc (`A`), which is nothing once it ends where it begins. */
function toTenths(attribute: string): string {
  return attribute.replaceAll(/-?\d+\.\d{2,}/g, (number) => String(Number(Number(number).toFixed(1))));
}

function toAttributes(style: string): string {
  return style
    .split(';')
    .map((declaration) => declaration.split(':'))
    .map(([name, value]) => [name?.trim(), value?.trim()])
    .filter(
      ([name, value]) => name !== undefined && name !== '' && value !== undefined && name !== 'font-family',
    )
    .map(([name, value]) => ` ${name}="${value?.replace(/^(\d+(?:\.\d+)?)px$/, '$1')}"`)
    .join('');
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escapeXml = (text: string) => text.replaceAll(/[&<>"]/g, (character) => references[character] ?? '');
