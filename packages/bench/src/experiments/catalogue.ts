import type { Experiment } from './experiment.ts';
import { quick } from './quick.ts';
import { smoke } from './smoke.ts';

/** Every experiment by name; the first is the default. */
export const experiments: readonly [Experiment, ...Experiment[]] = [quick, smoke];
