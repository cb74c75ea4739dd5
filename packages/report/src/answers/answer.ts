import type { Look } from '../model/chart.ts';

/** What a run says of one subject, such as a runtime. Plain text: it may hold what a server or a user wrote. */
export type Answer = {
  readonly subject: string;
  /** The runtime's, where the subject is one. */
  readonly look: Look | null;
  readonly state: 'answered' | 'inconclusive';
  /** Each with its full stop, without the subject; the first says the most. */
  readonly sentences: readonly string[];
};

/** The answer to an experiment's question, as far as its data has one. */
export type Answers = {
  /** One sentence that holds by itself. */
  readonly headline: string;
  /** What all answers have alike, with a colon; null without. */
  readonly lead: string | null;
  readonly answers: readonly Answer[];
};
