import type { Context } from '../model/context.ts';
import type { Answers } from './answer.ts';
import { waitAnswers } from './waits.ts';

export function toAnswers(context: Context): Answers {
  return waitAnswers(context);
}
