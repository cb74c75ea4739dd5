import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Family, joinFamilies, parseFamilies, renderFamilies, withLabels } from './families.ts';

/** Often with what ends a line somewhere, or a quote. */
const anyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\r', '\n', '\u2028', '\\', '"', '}', ' 1')))
  .map((parts) => parts.join(''));
const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), anyText, {
  maxKeys: 3,
  noNullPrototype: true,
});
const value = fc.oneof(fc.double({ noNaN: true }), fc.integer());

const families = fc.uniqueArray(
  fc.oneof(
    fc.record({
      name: fc.stringMatching(/^[a-z]{2,6}_x$/),
      type: fc.constantFrom('gauge' as const, 'untyped' as const),
      help: anyText,
      series: fc.array(fc.record({ labels, value }), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({
      name: fc.stringMatching(/^[a-z]{2,6}_seconds$/),
      type: fc.constant('histogram' as const),
      help: anyText,
      series: fc.array(
        fc.record({
          suffix: fc.constantFrom('_bucket' as const, '_sum' as const, '_count' as const),
          labels,
          value,
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  ),
  { selector: ({ name }) => name, maxLength: 4 },
);

test('what is written is read back, whatever stands in labels and help', async () => {
  await fc.assert(
    fc.asyncProperty(families, async (written) => {
      const { text } = await renderFamilies(written, undefined);
      const { families: read, unread } = parseFamilies(text);
      assert.equal(unread, 0);
      const series = (all: readonly Family[]) =>
        all.map(({ name, type, series }) => ({
          name,
          type,
          // Written as text, a negative zero is no other than zero.
          series: series.map((each) => ({ ...each, value: each.value + 0 })),
        }));
      assert.deepEqual(series(read), series(written));
    }),
  );
});

test('any text is read without an error, and what is read can be written', async () => {
  const lines = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'a{b="c"} 1',
      'a{b="c" 1',
      'a{b="c"}} 1',
      'a{b="}\\"# HELP"} 1',
      'a 1 1700000000000',
      'a{b="1",} 2',
      '# TYPE a counter',
      '# TYPE a nonsense',
      '# TYPE 1a gauge',
      'a_bucket{le="+Inf"} 3',
      'a 0x10',
      'a 1 # {trace="x"} 1',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(lines), async (texts) => {
      const { families: read } = parseFamilies(texts.join('\n'));
      const { text } = await renderFamilies(read, undefined);
      const again = parseFamilies(text);
      assert.equal(again.unread, 0);
      assert.equal(again.families.length, read.length);
    }),
  );
});

test('labels of a run take the place of a server’s own: it cannot pass for another cell', async () => {
  const { families: read } = parseFamilies('a{cell="another",thread="t"} 1\n');
  assert.deepEqual(withLabels(read, { cell: 'this', run: 'r' })[0]?.series, [
    { labels: { cell: 'this', thread: 't', run: 'r' }, value: 1 },
  ]);
});

test('sources that have a family in common give it once, with the series of both', async () => {
  const one = parseFamilies('# HELP a first\n# TYPE a gauge\na{x="1"} 1\n').families;
  const other = parseFamilies('# HELP a second\n# TYPE a gauge\na{x="2"} 2\nb 3\n').families;
  const { text } = await renderFamilies(joinFamilies([one, other]), undefined);
  assert.equal(
    text,
    '# HELP a first\n# TYPE a gauge\na{x="1"} 1\na{x="2"} 2\n\n# HELP b \n# TYPE b untyped\nb 3\n',
  );
});

test('OpenMetrics has its own word for a type that nobody says', async () => {
  const { text } = await renderFamilies(parseFamilies('b 3\n').families, 'application/openmetrics-text');
  assert.match(text, /# TYPE b unknown\n/);
});
