import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { renderMarkdown as renderModel } from './markdown.ts';
import { type ReportInput, toReportModel } from './model/report-model.ts';
import { anyRun } from './testing/arbitrary.ts';
import { aCell, aFailed, aMeasurement, anInvalid, aRun, aValid } from './testing/builders.ts';
import { aStory } from './testing/story.ts';
import { escapeMarkdown, fence, quoteCommand } from './text/escape-markdown.ts';

const renderMarkdown = (input: ReportInput) => renderModel(toReportModel(input), { pictures: 'report' });

const row = (text: string, ...words: string[]) =>
  text.split('\n').find((line) => words.every((word) => line.includes(word))) ?? '';

describe('renderMarkdown', () => {
  const story = aStory();
  const page = renderMarkdown(story);

  it('has the verdict in the first five lines', () => {
    const top = page.split('\n').slice(0, 5).join('\n');
    assert.match(top, /^# acceptbench: accept-queue\n/);
    assert.match(top, /\*\*Verdict:\*\* Offloading moved the wait .* \(node, bun, deno\)\./);
    assert.match(top, /\*\*valid\.\*\* 18 replicates: 18 valid, 0 invalid, 0 failed\./);
  });

  it('has a table of rates and a table of waits, with units and n', () => {
    assert.match(
      page,
      /\| runtime +\| topology +\| +n \| +offered, req\/s \| accepted, conn\/s \| completed, req\/s/,
    );
    assert.match(
      row(page, '| bun', 'inline', '325'),
      /\| +3 \| +325 \| +247 \(246–248\) \| +246 \(245–247\) \|/,
    );
    assert.match(row(page, '| node', 'offload w1', '801'), /\| +806 \| +0\.02 \| +1 \| +801 \| +4 \|/);
  });

  it('has every table row as long as its head', () => {
    for (const table of page.split('\n\n').filter((block) => block.startsWith('|'))) {
      const widths = table.split('\n').map((line) => line.split('|').length);
      assert.equal(new Set(widths).size, 1);
    }
  });

  it('has the environment, the command to run it again, and the glossary', () => {
    assert.match(page, /- Linux 6\.18\.0 x64, AMD EPYC 9B14, 2 cores/);
    assert.match(page, /```sh\nnpx acceptbench run accept-queue --seed 7\n```/);
    assert.match(page, /- \*\*ceiling\*\*: CPU workers \/ mean service time/);
    assert.match(page, /net\.core\.somaxconn = 4096/);
  });

  it('lists what does not count, and what was not measured', () => {
    const cell = aCell();
    const notMeasured = ['Work: the server does not expose how long it takes.'];
    const replicates = [
      aFailed(cell, 1, 'EADDRINUSE'),
      anInvalid(cell, 2, [{ gate: 'dropped', reason: 'dropped = 0; got 4' }]),
      aValid(cell, 3, aMeasurement(cell, undefined, { notMeasured })),
    ];
    const text = renderMarkdown({ run: aRun([cell]), replicates });
    assert.match(text, /\| bun-[^|]* \| +1 \| ✗ failed +\| while in phase ready: EADDRINUSE +\|/);
    assert.match(text, /\| bun-[^|]* \| +2 \| ✗ invalid +\| dropped: dropped = 0; got 4 +\|/);
    assert.match(text, /does not expose how long it takes\. \(1 replicate\)/);
  });

  it('prints nothing but finite figures, whatever was measured', () => {
    fc.assert(
      fc.property(anyRun, (any) => {
        assert.doesNotMatch(renderMarkdown(any), /NaN|undefined|Infinity|null|\[object/);
      }),
    );
  });

  it("keeps its structure whatever a server's or a user's text is", () => {
    const shape = (text: string) =>
      text
        .split('\n')
        .map((line) => /^(?:#+ |```+| *- |\|)/.exec(line)?.[0] ?? '')
        .join('\n');
    const render = (text: string) => {
      const cell = aCell({ runtime: `r${text}` });
      const replicates = [
        aFailed(cell, 1, text),
        anInvalid(cell, 2, [{ gate: text, reason: text }]),
        { ...aFailed(cell, 3, text), serverTail: [text, text] },
      ];
      const run = aRun([cell], {
        isolation: { mode: 'none', reason: text },
        name: `r${text}`,
        experiment: {
          ...aRun([]).experiment,
          name: `n${text}`,
          question: `q${text}`,
          howToRead: `h${text}`,
        },
      });
      return renderMarkdown({ run, replicates });
    };
    const expected = shape(render('x'));
    const evil = fc.array(
      fc.constantFrom(
        '|',
        '`',
        '```',
        '<',
        '>',
        '<!--',
        '</details>',
        '&',
        '\n',
        '\r',
        '\n# ',
        '\\',
        '*',
        '[x](y)',
        '\u0000',
        '\u2028',
        'a',
        ' ',
        '- ',
        '1. ',
        '~~~',
        '@someone',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(evil, (parts) => {
        const text = render(parts.join(''));
        assert.equal(shape(text), expected);
        const outside = text
          .replace(/```+sh\n[\s\S]*?\n```+\n/, '')
          .replaceAll(/^<details><summary>(.*)<\/summary>$|^<\/details>$/gm, '$1');
        assert.doesNotMatch(outside, /[<>`\\]|@someone|\]\(y\)/);
        for (const block of text.split('\n\n').filter((each) => each.startsWith('|'))) {
          assert.equal(new Set(block.split('\n').map((line) => line.split('|').length)).size, 1);
        }
      }),
    );
  });
});

describe('escapeMarkdown', () => {
  it('leaves plain words and figures as they are', () => {
    for (const text of ["Bun's 24.6 ms (n = 3)", '-0.40', '0.02', '325/512', 'a – b × c']) {
      assert.equal(escapeMarkdown(text), text);
    }
  });

  it('turns what is structure at the start of a line into text', () => {
    assert.equal(escapeMarkdown('- x'), '&#45; x');
    assert.equal(escapeMarkdown('1. x'), '&#49;. x');
    assert.equal(escapeMarkdown('# x'), '&#35; x');
  });

  it('makes no link', () => {
    assert.equal(escapeMarkdown('https://evil.example'), 'https&#58;//evil.example');
  });
});

describe('quoteCommand', () => {
  it('is read back by a shell as it was', () => {
    const argument = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'));
    const extra = fc.constantFrom("it's", '$HOME `x`', 'a\nb\tc', '\\', '', '\u001b[0m', '--rate=1.3');
    fc.assert(
      fc.property(fc.array(fc.oneof(argument, extra), { maxLength: 4 }), (args) => {
        const line = quoteCommand(args);
        assert.ok(!line.includes('\n'));
        const read = `printf '%s\\0' ${line}`;
        const out = execFileSync('bash', ['--norc', '-c', read], {
          encoding: 'utf8',
          env: { LC_ALL: 'C.UTF-8' },
        });
        assert.deepEqual(out.split('\0').slice(0, -1), args.length === 0 ? [''] : args);
      }),
      { numRuns: 40 },
    );
  });
});

describe('fence', () => {
  it('is longer than any run of backticks in it', () => {
    assert.deepEqual(fence(['a ```` b'], 'sh'), ['`````sh', 'a ```` b', '`````']);
  });
});
