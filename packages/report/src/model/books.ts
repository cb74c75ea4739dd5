import type { Book, LawName } from '@acceptbench/results/measurement';
import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import { counted, formatNumber } from '../text/number.ts';

/** One law over all replicates that were measured, valid or not. */
export type LawSummary = {
  readonly law: LawName;
  readonly says: string;
  readonly unit: string;
  /** Replicates in which it could be checked, and in which it holds. */
  readonly checked: number;
  readonly holding: number;
  /** The entry whose residual is largest: relative to its tolerance, or where that is 0 by itself. */
  readonly worst: Book;
};

/** Every law that was checked, in the order of the books. */
export function toLawSummaries(replicates: readonly Replicate[]): LawSummary[] {
  const byLaw = new Map<LawName, Book[]>();
  for (const replicate of replicates) {
    if (!isMeasured(replicate)) continue;
    for (const book of replicate.books) byLaw.set(book.law, [...(byLaw.get(book.law) ?? []), book]);
  }
  return [...byLaw].flatMap(([law, books]) => {
    const worst = books.toSorted((a, b) => strain(b) - strain(a))[0];
    if (worst === undefined) return [];
    const holding = books.filter(({ holds }) => holds).length;
    return [{ law, says: worst.says, unit: worst.unit, checked: books.length, holding, worst }];
  });
}

function strain({ residual, tolerance }: Book): number {
  if (residual === 0) return 0;
  return tolerance === 0
    ? Number.MAX_VALUE * Math.min(1, Math.abs(residual))
    : Math.abs(residual) / tolerance;
}

/** The books in a line of plain text; nothing where none was kept. */
export function booksInWords(replicates: readonly Replicate[]): string[] {
  const laws = toLawSummaries(replicates);
  if (laws.length === 0) return [];
  const open = laws.filter(({ checked, holding }) => holding < checked);
  const stages = laws.find(({ law }) => law === 'stages');
  const residual =
    stages === undefined
      ? ''
      : `; the stages miss k6's mean by ${formatNumber(Math.abs(stages.worst.residual))} ms of ${formatNumber(stages.worst.left)} at worst`;
  const verdict =
    open.length === 0
      ? `The books close: ${counted(laws.length, 'law')}, each in all replicates`
      : `The books do not close: ${open.map(({ law, checked, holding }) => `${law} in ${checked - holding} of ${checked}`).join(', ')}`;
  return [`${verdict}${residual}.`];
}
