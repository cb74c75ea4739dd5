import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ReportModel, toReportModel } from './model/report-model.ts';
import type { Table } from './model/table.ts';
import { renderReport } from './report.ts';
import { anyRun } from './testing/arbitrary.ts';
import { aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from './testing/builders.ts';
import { aStory } from './testing/story.ts';
import { toPlain } from './text/plain.ts';

const options = {
  sha256: (text: string) => createHash('sha256').update(text).digest('base64'),
  terminal: { color: false },
};

/** What Markdown's or HTML's references stand for. */
const unescaped = (text: string) =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

function tablesOf(model: ReportModel): Table[] {
  const inSections = model.sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.kind === 'table' ? [block.table] : [])),
  );
  return [...inSections, ...model.charts.map(({ table }) => table)];
}

describe('one report in its forms', () => {
  const story = aStory(['node', 'bun', 'deno'], 6);
  const model = toReportModel(story);
  const report = renderReport(story, options);

  it('has the same figures in Markdown as in its data', () => {
    const shown = [...report.markdown.matchAll(/\*\*(.+?)\.\*\* .*\n\n((?:\|.*\n)+)/g)];
    assert.ok(shown.length >= 4);
    for (const [, title = '', lines = ''] of shown) {
      const table = tablesOf(model).find((each) => each.title === unescaped(title));
      assert.ok(table !== undefined, title);
      const rows = lines
        .trimEnd()
        .split('\n')
        .slice(2)
        .map((line) =>
          line
            .split('|')
            .slice(1, -1)
            .map((cell) => unescaped(cell).trim()),
        );
      assert.deepEqual(
        rows,
        table.rows.map((row) => row.map(({ text }) => text)),
      );
    }
  });

  it('has the same figures in the terminal as in its data', () => {
    const lines = report.terminal.split('\n');
    const figures = model.sections.find(({ id }) => id === 'figures')?.blocks ?? [];
    const tables = [
      ...figures.flatMap((block) => (block.kind === 'table' ? [block.table] : [])),
      ...model.charts.flatMap(({ drawing, table }) => (drawing.kind === 'dots' ? [table] : [])),
    ];
    assert.ok(tables.length >= 5);
    for (const { title, columns, rows, keys } of tables) {
      const from = lines.findIndex((line) => title.startsWith(line) && line !== '');
      assert.ok(from >= 0, title);
      for (const row of rows) {
        // A wide table goes on below, with the same keys: a row is all lines that begin with them.
        const names = row.slice(0, keys).map(({ text }) => text);
        const parts = lines
          .slice(from, from + 4 * (rows.length + 5))
          .map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))
          .filter((cells) => names.every((name, index) => cells[index] === name));
        const printed = parts.flatMap((cells) => cells.slice(keys));
        const expected = row
          .slice(keys)
          .map(({ text }, index) =>
            columns[keys + index]?.isBrief === true ? text.replace(/ \(.*/, '') : text,
          );
        assert.deepEqual(printed.slice(0, expected.length), expected, `${title}: ${names.join(' ')}`);
      }
    }
  });

  it('has the answers and their verdicts in all of them', () => {
    const plain = (text: string) =>
      unescaped(text)
        .replaceAll(/<[^>]+>|\s+/g, ' ')
        .replaceAll(/\s+/g, ' ');
    const forms = [report.html, report.markdown, report.terminal, report.summary].map(plain);
    for (const sentence of [
      model.answers.headline,
      ...model.answers.answers.flatMap(({ sentences }) => sentences),
    ]) {
      for (const form of forms) assert.ok(form.includes(plain(sentence)), sentence);
      assert.ok(report.json.includes(JSON.stringify(sentence)), sentence);
    }
  });

  it('is the same text for the same data', () => {
    const again = renderReport(story, options);
    assert.equal(again.html, report.html);
    assert.deepEqual([...again.svgs], [...report.svgs]);
  });

  it('has pictures that stand alone: no style, script or reference to elsewhere, on an opaque card', () => {
    assert.ok(report.svgs.size >= 3);
    for (const [name, svg] of report.svgs) {
      assert.match(name, /^[a-z0-9-]+\.svg$/);
      assert.ok(report.markdown.includes(`](report/${name})`));
      assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
      assert.match(svg, /<rect [^>]*fill="#FFFFFF"/);
      assert.doesNotMatch(svg, /<style|<script|style=|class=|href|var\(/);
      for (const [, id = ''] of svg.matchAll(/url\(#([^)]+)\)/g)) assert.ok(svg.includes(`id="${id}"`), id);
    }
  });
});

describe('whatever the data is', () => {
  /** None of these words is in a text; the text itself is too long to print. */
  const assertWithout = (text: string, words = /NaN|undefined|Infinity|\[object/) => {
    const at = text.search(words);
    assert.ok(at === -1, `…${text.slice(Math.max(0, at - 150), at + 60)}…`);
  };

  it('prints nothing but finite figures', () => {
    fc.assert(
      fc.property(anyRun, (any) => {
        const { html, json, markdown, terminal, svgs } = renderReport(any, options);
        for (const text of [json, markdown, terminal, ...svgs.values()]) assertWithout(text);
        const visible = html.replace(/<template[\s\S]*<\/script>/, '');
        assertWithout(visible);
      }),
      { numRuns: 12 },
    );
  });

  it('says plainly that there is nothing: no cell, no replicate, none valid', () => {
    const cells = [aCell(), aCell({ topology: 'offload' })];
    const lag = { gate: 'scheduling-lag', reason: 'p99 ≤ 20 ms; got 31' };
    const of = (input: Parameters<typeof renderReport>[0]) => {
      const { html, markdown, terminal } = renderReport(input, options);
      return [html, markdown, terminal].map((text) => text.replaceAll(/\s+/g, ' '));
    };
    for (const text of of({ run: aRun([]), replicates: [] })) assert.match(text, /No cell, so no verdict/);
    for (const text of of({ run: aRun(cells, { finishedAt: null }), replicates: [] })) {
      assert.match(text, /0 of 6 planned replicates: it has not finished/);
      assert.match(text, /none was run/);
    }
    const invalid = cells.flatMap((cell) => [1, 2, 3].map((block) => anInvalid(cell, block, [lag])));
    for (const text of of({ run: aRun(cells), replicates: invalid })) {
      assert.match(text, /6 replicates: 0 valid, 6 invalid/);
      assert.match(text, /3 × invalid: scheduling-lag, p99 ≤ 20 ms; got 31/);
    }
    const [html] = of({ run: aRun(cells), replicates: invalid });
    assert.match(html ?? '', /✗<\/span>no replicate is valid/);
  });

  it('says what could not be read', () => {
    const problems = ['replicates.ndjson: the last line is half-written, as the run was killed; left out'];
    const { html, markdown, terminal } = renderReport({ ...aStory(), problems }, options);
    for (const text of [html, markdown, terminal]) {
      assert.match(text.replaceAll(/\s+/g, ' '), /the last line is half-written/);
    }
    assert.match(html, /valid in part/);
  });

  it('takes values that are no numbers, which only a hand can have written: absent, not zero', () => {
    const cell = aCell();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const measurement = aMeasurement(cell, { acceptQueue: bad, work: 4, process: bad });
      const { acceptQueue } = measurement;
      assert.ok(acceptQueue !== null);
      const broken = {
        ...measurement,
        rates: { offeredPerSecond: 325, acceptedPerSecond: bad, completedPerSecond: bad },
        acceptQueue: { ...acceptQueue, mean: bad },
        residualMs: bad,
      };
      const report = renderReport(
        { run: aRun([cell]), replicates: [1, 2, 3, 4, 5, 6].map((block) => aValid(cell, block, broken)) },
        options,
      );
      for (const text of [report.markdown, report.terminal, report.json, ...report.svgs.values()]) {
        assertWithout(text);
      }
      assert.match(report.terminal, /bun +inline +6 +325 +– +– +–/);
    }
  });

  it("keeps every text of a server's or a user's as text", () => {
    const evil =
      '</title></script></template><script>alert(1)</script><img src=x onerror=alert(2)>\'"&\u2028\u202e';
    const cell = { ...aCell({ runtime: evil }), id: 'evil' };
    const measured = aMeasurement(cell, undefined, { notMeasured: [evil] });
    const replicates = [
      aValid(cell, 1, { ...measured, stages: measured.stages.map((stage) => ({ ...stage, source: evil })) }),
      anInvalid(cell, 2, [{ gate: evil, reason: evil }], measured),
      { ...aFailed(cell, 3, evil), serverTail: [evil, evil] },
    ];
    const run = aRun([cell], {
      id: evil,
      name: `${evil} "quoted"`,
      isolation: { mode: 'none', reason: evil },
      command: ['acceptbench', evil],
      experiment: { ...aRun([]).experiment, question: evil, howToRead: evil },
    });
    const { html, markdown, svgs, json } = renderReport({ run, replicates, problems: [evil] }, options);
    // Two of our own: the style's end is not counted, the script's is.
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.equal(html.match(/<\/script>/g)?.length, 1);
    assert.equal(html.match(/<\/template>/g)?.length, 1);
    assertWithout(html, /<img|\u2028|\u202e/);
    assert.equal(JSON.parse(json).runId, toPlain(evil));
    for (const svg of svgs.values()) assertWithout(svg, /<script|<img|\u202e/);
    assertWithout(markdown.replaceAll(/```[\s\S]*?```/g, ''), /<script|<img/);
  });
});
