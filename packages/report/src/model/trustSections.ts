import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import { absent, counted, formatNumber } from '../text/number.ts';
import { toLawSummaries } from './books.ts';
import type { Context } from './context.ts';
import type { Drift } from './drift.ts';
import { notMeasured, rejected } from './rejected.ts';
import type { Section } from './section.ts';
import { count, figureColumn, number, type Table, textColumn, toTable, words } from './table.ts';

/** The books: each law, in how many replicates it holds, and the worst residual; then each replicate's residuals. */
export function booksSection({ replicates }: Context, drift: Drift): Section | null {
  const laws = toLawSummaries(replicates);
  if (laws.length === 0) return null;
  const summary = toTable(
    { id: 'laws', title: 'Each law', note: 'The largest residual, relative to its tolerance.', keys: 1 },
    laws,
    [
      textColumn('law', ({ law }) => law),
      textColumn('what must agree', ({ says }) => says),
      {
        title: 'holds',
        unit: 'replicates',
        align: 'right',
        cell: ({ holding, checked }) => ({
          text: `${holding === checked ? '✓' : '✗'} ${holding}/${checked}`,
          value: holding,
        }),
      },
      figureColumn('residual', 'largest', ({ worst }) => number(worst.residual)),
      figureColumn('left', '', ({ worst }) => number(worst.left)),
      figureColumn('right', '', ({ worst }) => number(worst.right)),
      figureColumn('tolerance', 'there', ({ worst }) => number(worst.tolerance)),
      textColumn('unit', ({ unit }) => unit),
    ],
  );
  return {
    id: 'books',
    title: 'Do the books close?',
    blocks: [
      { kind: 'table', table: summary, isCollapsed: false },
      {
        kind: 'table',
        table: residualsTable(
          replicates,
          laws.map(({ law }) => law),
        ),
        isCollapsed: true,
      },
      ...(drift.summary === null
        ? []
        : [{ kind: 'text', text: [drift.summary, ...drift.found].join(' ') } as const]),
    ],
  };
}

/** With more replicates than this, those are listed of which a law does not hold. */
const mostResiduals = 300;

function residualsTable(replicates: readonly Replicate[], laws: readonly string[]): Table {
  const measured = replicates.filter(isMeasured);
  const isLong = measured.length > mostResiduals;
  const rows = isLong ? measured.filter(({ books }) => books.some(({ holds }) => !holds)) : measured;
  return toTable(
    {
      id: 'residuals',
      title: isLong ? 'Residuals of replicates with a law that does not hold' : 'Residuals of each replicate',
      note: `In the units of the laws; ✗ where it is beyond the tolerance.${isLong ? ` The other ${measured.length - rows.length} are left out.` : ''}`,
      keys: 3,
    },
    rows,
    [
      textColumn('cell', ({ cell }) => cell.id),
      figureColumn('block', '', ({ block }) => count(block)),
      textColumn('outcome', ({ outcome }) => outcome),
      ...laws.map((law) =>
        figureColumn<(typeof rows)[number]>(law, '', ({ books }) => {
          const book = books.find((entry) => entry.law === law);
          if (book === undefined) return { text: absent, value: null };
          return {
            ...number(book.residual),
            text: `${formatNumber(book.residual)}${book.holds ? '' : ' ✗'}`,
          };
        }),
      ),
    ],
  );
}

/** Each gate that some replicate did not meet; null where all were met. */
function gatesTable(replicates: readonly Replicate[]): Table | null {
  const failed = replicates.flatMap((replicate) =>
    replicate.outcome === 'invalid'
      ? replicate.reasons.map(({ gate, reason }) => ({ gate, reason, cellId: replicate.cell.id }))
      : [],
  );
  if (failed.length === 0) return null;
  const measured = replicates.filter(isMeasured).length;
  return toTable(
    {
      id: 'gates',
      title: 'Gates that were not met',
      note: `Of ${counted(measured, 'replicate')} that were measured; every other gate was met by all.`,
      keys: 1,
    },
    [...Map.groupBy(failed, ({ gate }) => gate)].sort(([, a], [, b]) => b.length - a.length),
    [
      textColumn('gate', ([gate]) => gate),
      figureColumn('replicates', 'not met', ([, each]) => count(each.length)),
      figureColumn('cells', '', ([, each]) => count(new Set(each.map(({ cellId }) => cellId)).size)),
      textColumn('the first of them', ([, each]) => each[0]?.reason ?? ''),
    ],
  );
}

/** What does not count, and what was not measured. */
export function rejectedSection({ replicates }: Context): Section | null {
  const bad = rejected(replicates);
  const missing = notMeasured(replicates);
  if (bad.length === 0 && missing.length === 0) return null;
  const table = toTable(
    { id: 'rejected', title: 'Replicates that do not count', note: 'No figure of these is used.', keys: 2 },
    bad,
    [
      textColumn('cell', ({ cellId }) => cellId),
      figureColumn('block', '', ({ block }) => count(block)),
      { title: 'outcome', unit: '', align: 'left', cell: ({ outcome }) => words(`✗ ${outcome}`) },
      textColumn('why', ({ why }) => why.join('; ')),
    ],
  );
  const gates = gatesTable(replicates);
  return {
    id: 'rejected',
    title: 'What does not count, and why',
    blocks: [
      ...(gates === null ? [] : [{ kind: 'table', table: gates, isCollapsed: false } as const]),
      ...(bad.length === 0 ? [] : [{ kind: 'table', table, isCollapsed: bad.length > 40 } as const]),
      ...(missing.length === 0
        ? []
        : [{ kind: 'text', text: 'Not measured:' } as const, { kind: 'list', items: missing } as const]),
    ],
  };
}
