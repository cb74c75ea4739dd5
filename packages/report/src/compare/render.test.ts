import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cell } from '@acceptbench/results/cell';
import { aCell, anInvalid } from '../testing/builders.ts';
import { aComparedRun, compareAll, comparePaired } from '../testing/comparing.ts';
import { spreadReplicates } from '../testing/spread.ts';
import { formatNumber, formatRatio } from '../text/number.ts';
import type { CompareReport } from './comparison.ts';
import { parseFailOn } from './failOn.ts';
import { renderCompareHtml } from './html.ts';
import { renderCompareJson } from './json.ts';
import { renderCompareMarkdown } from './markdown.ts';
import { toOutcome } from './outcome.ts';
import { renderCompareTerminal } from './terminal.ts';
import { matchWithin } from './within.ts';

const cells = ['node', 'bun', 'deno'].flatMap((runtime) =>
  (['inline', 'offload'] as const).map((topology) => aCell({ runtime, topology })),
);
const rules = parseFailOn('slower');

/** Node is 20 % slower in head, Bun 20 % faster, Deno alike. */
const factors: Record<string, number> = { node: 1.2, bun: 1 / 1.2 };
function mixed(of: Cell[] = cells, blocks = 8): CompareReport {
  const run = (label: string, seed: number, factor: (cell: Cell) => number) =>
    aComparedRun(label, of, spreadReplicates(of, { blocks, spread: 0.01, seed, slowdown: factor }));
  return compareAll([run('before', 1, () => 1), run('after', 2, ({ runtime }) => factors[runtime] ?? 1)]);
}

const terminal = (report: CompareReport) =>
  renderCompareTerminal(report, toOutcome(report, rules), { color: false });
const markdown = (report: CompareReport) => renderCompareMarkdown(report, toOutcome(report, rules));
const page = (report: CompareReport) => renderCompareHtml(report, toOutcome(report, rules), () => 'a-hash');
const withoutScript = (text: string) => text.replace(/<script>.*?<\/script>/s, '');
const json = (report: CompareReport) => JSON.parse(renderCompareJson(report, toOutcome(report, rules)));

/** Numbers of a table's line: base, head, ratio, its bounds, n. */
function numbersOf(cells: readonly string[]): string[] {
  return cells.flatMap((cell) =>
    [...cell.replaceAll(/±[\d.]+%/g, '').matchAll(/-?\d[\d.e]*/g)].map(([digits]) => digits),
  );
}

describe('the same comparison in every form', () => {
  const report = mixed();

  it('has the same numbers in JSON, on the terminal, in Markdown and in HTML', () => {
    const rows: {
      metric: string;
      base: { median: number };
      head: { median: number };
      ratio: Record<string, number>;
    }[] = json(report).heads[0].rows;
    const expected = [...Map.groupBy(rows, ({ metric }) => metric).values()]
      .flat()
      .map(({ base, head, ratio }) => [
        formatNumber(base.median),
        formatNumber(head.median),
        ...[ratio.estimate, ratio.low, ratio.high].map((value) => formatRatio(value ?? Number.NaN)),
        String(ratio.n),
      ]);
    assert.equal(expected.length, 24);
    const shown = terminal(report)
      .split('\n')
      .filter((line) => /^(node|bun|deno) +(inline|offload)/.test(line) && !line.includes(':'))
      .map((line) => numbersOf([line.replace(/^\w+ +(inline|offload w1) +/, '')]));
    assert.deepEqual(shown, expected);
    const written = markdown(report)
      .split('\n')
      .filter((line) => /^\| (node|bun|deno) /.test(line))
      .map((line) => numbersOf(line.split('|').slice(3, 7)));
    assert.deepEqual(written, expected);
    const inHtml = [...page(report).matchAll(/<tr><th scope="row">(?:node|bun|deno)<\/th>(.*?)<\/tr>/gs)].map(
      ([, cells = '']) =>
        numbersOf([...cells.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text = '']) => text).slice(1, 5)),
    );
    assert.deepEqual(inHtml, expected);
    const [, data = ''] = /<template id="acceptbench-data">(.*?)<\/template>/s.exec(page(report)) ?? [];
    assert.deepEqual(JSON.parse(data), json(report));
  });

  it('has the outcome first, with words for the direction of either kind of figure', () => {
    const [first = '', second] = markdown(report).split('\n');
    assert.match(first, /^## ❌ acceptbench: REGRESSION: 8 of 24 comparisons fail, in 2 of 6 cells\.$/);
    assert.equal(second, '');
    assert.match(
      terminal(report),
      /^acceptbench compare: REGRESSION: 8 of 24 comparisons fail, in 2 of 6 cells\.\n/,
    );
    for (const text of [terminal(report), markdown(report).replaceAll('&#126;', '~')]) {
      for (const word of [
        '✗ fewer',
        '✓ more',
        '✗ slower',
        '✓ faster',
        '✗ longer',
        '✓ shorter',
        'equivalent',
        '~',
      ]) {
        if (word !== '~') assert.ok(text.includes(word), word);
      }
      assert.match(
        text.replaceAll(/\n +/g, ' '),
        /node inline: slower: after completed fewer requests \(0\.8\d ×\), answered later on average \(1\.[12]\d ×\),/,
      );
    }
    assert.equal(json(report).outcome, 'regression');
    assert.equal(json(report).heads[0].rows.filter(({ fails }: { fails: boolean }) => fails).length, 8);
  });

  it('fits 80 columns and has no colour unless asked', () => {
    for (const line of terminal(report).split('\n')) assert.ok([...line].length <= 80, line);
    assert.equal(terminal(report).includes('\u001b'), false);
    assert.ok(
      renderCompareTerminal(report, toOutcome(report, rules), { color: true }).includes('\u001b[31m'),
    );
  });

  it('names, of a comparison within a run, only what tells the rows apart', () => {
    const run = aComparedRun('run', cells, spreadReplicates(cells, { blocks: 8, spread: 0.01, seed: 1 }));
    const paired = comparePaired(
      run,
      matchWithin(run, { field: 'runtime', value: 'node' }, { field: 'runtime', value: 'bun' }),
    );
    assert.match(terminal(paired), /^topology +base +head +ratio/m);
    assert.match(terminal(paired), /base is node and head bun, in the same blocks of run run-of-run/);
  });

  it('says why there is no verdict, and what is left out', () => {
    const few = mixed([...cells, aCell({ runtime: 'other' })], 3);
    const { heads, ...rest } = few;
    const [head] = heads;
    assert.ok(head !== undefined);
    const damaged: CompareReport = {
      ...rest,
      notes: ['a line is half-written'],
      heads: [
        {
          ...head,
          onlyInBase: ['gone'],
          onlyInHead: ['new'],
          incomparable: [{ cellId: 'changed', why: 'work.iterations 1 and 2' }],
          differences: [{ what: 'CPU model', base: 'a', head: 'b', weight: 'warning' }],
        },
      ],
    };
    for (const text of [
      terminal(damaged),
      markdown(damaged).replaceAll('&#126;', '~'),
      page(damaged).replaceAll('&#39;', "'"),
    ]) {
      assert.match(text, /~¹/);
      assert.match(text, /¹ needs 6 blocks, has 3/);
      assert.match(text, /gone is in before only/);
      assert.match(text, /new is in after only/);
      assert.match(text, /changed can't be compared: work.iterations 1 and 2/);
      assert.match(text, /differs.*: CPU model: a and b/);
      assert.match(text, /a line is half-written/);
    }
    assert.deepEqual(json(damaged).heads[0].onlyInBase, ['gone']);
  });

  it('escapes what came from outside', () => {
    const evil = '<script>alert(1)</script> | `x` \u001b[31m\n# no';
    const node = aCell({ runtime: evil });
    const run = (label: string) =>
      aComparedRun(label, [node], [anInvalid(node, 1, [{ gate: 'g', reason: evil }])], { id: evil });
    const hostile = compareAll([run(evil), run(`${evil}2`)]);
    for (const text of [terminal(hostile), markdown(hostile), page(hostile)]) {
      assert.equal(text.includes('\u001b'), false);
      assert.doesNotMatch(text, /^# no/m);
      assert.doesNotMatch(withoutScript(text), /NaN|undefined|Infinity/);
    }
    assert.doesNotMatch(markdown(hostile), /<script/);
    assert.equal(page(hostile).match(/<script/g)?.length, 1);
    assert.equal(json(hostile).base.run, evil);
  });

  it('stays short enough for a comment, without the tables when it must', () => {
    // The same rows again and again, under other names.
    const times = (n: number, wanted: (state: string) => boolean): CompareReport => ({
      ...report,
      heads: report.heads.map((head) => ({
        ...head,
        rows: Array.from({ length: n }, (_, index) =>
          head.rows
            .filter(({ verdict }) => wanted(verdict.state))
            .map((row) => {
              const named = (cell: Cell) => ({
                ...cell,
                runtime: `${cell.runtime}-${index}`,
                id: `${cell.id}-${index}`,
              });
              return {
                ...row,
                pair: { ...row.pair, base: named(row.pair.base), head: named(row.pair.head) },
              };
            }),
        ).flat(),
      })),
    });
    const text = markdown(times(80, (state) => state !== 'slower'));
    assert.ok(text.length <= 60_000);
    assert.match(text, /^## ✅ acceptbench: No regression/);
    assert.match(text, /The tables are left out/);
    const { heads, ...rest } = times(80, (state) => state !== 'slower');
    const gone = markdown({ ...rest, heads: heads.map((head) => ({ ...head, onlyInBase: ['gone'] })) });
    assert.match(gone, /The tables are left out[\s\S]*gone is in before only/);
    const worse = markdown(times(80, (state) => state === 'slower'));
    assert.ok(worse.length <= 60_000);
    assert.match(worse, /^## ❌ acceptbench: REGRESSION/);
    assert.match(worse, /^- and 140 more$/m);
    const noted = markdown({
      ...report,
      notes: Array.from({ length: 5000 }, (_, line) => `line ${line} is damaged`),
    });
    assert.ok(noted.length <= 60_000);
    assert.match(noted, /^## ❌ acceptbench: REGRESSION/);
    assert.match(noted, /… cut: it is too long for a comment\.\n$/);
  });
});
