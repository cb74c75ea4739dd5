import type { Book, LawName } from '@acceptbench/results/measurement';
import { thresholds } from '../thresholds.ts';
import { fail, type Gate, say } from './gate.ts';

/** Laws that have a gate of their own, as what breaks them is something else. */
const ownGate: readonly LawName[] = ['requests', 'connections-opened', 'ceiling', 'stages'];

function broken(book: Book): Record<string, number> {
  return { [`${book.says}: ${say(book.left)} and ${say(book.right)} ${book.unit}, residual`]: book.residual };
}

export const connectionsAddUp: Gate = ({ measurement: { books } }) => {
  const book = books.find(({ law }) => law === 'connections-opened');
  if (book === undefined || book.holds) return null;
  const within = book.tolerance === 0 ? 'exactly' : `within ${say(book.tolerance)}`;
  return fail('connections', `connections accepted = connections k6 opened = ${say(book.right)}, ${within}`, {
    accepted: book.left,
  });
};

export const stagesAddUp: Gate = ({ measurement: { books, stages, responseTimeMs, serviceTimeMs } }) => {
  const book = books.find(({ law }) => law === 'stages');
  if (book !== undefined) {
    return book.holds
      ? null
      : fail(
          'stages-add-up',
          `the stages sum to the response time, within ${say(book.tolerance)} ms of ${say(book.left)} ms`,
          { 'their sum in ms': book.right },
        );
  }
  const rest = stages.find(({ isRest }) => isRest);
  if (rest === undefined) return null;
  const allowed = Math.max(responseTimeMs.mean * thresholds.stagesShare, serviceTimeMs?.mean ?? 0);
  return rest.meanMs >= -allowed
    ? null
    : fail(
        'stages-add-up',
        `the stages sum to no more than the response time, within ${say(allowed)} ms of ${say(responseTimeMs.mean)} ms`,
        { 'their sum in ms': responseTimeMs.mean - rest.meanMs },
      );
};

export const booksClose: Gate = ({ measurement: { books } }) => {
  const open = books.filter(({ law, holds }) => !holds && !ownGate.includes(law));
  return open.length === 0 ? null : fail('books', 'every law holds', Object.assign({}, ...open.map(broken)));
};
