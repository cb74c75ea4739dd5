import type { Comparisons } from '../model/comparisons.ts';
import type { Context } from '../model/context.ts';
import type { Answers } from './answer.ts';
import { waitAnswers } from './waits.ts';

export function toAnswers(context: Context, comparisons: Comparisons): Answers {
  return waitAnswers(context, comparisons);
}
