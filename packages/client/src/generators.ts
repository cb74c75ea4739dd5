import type { ClosedLoopGenerator } from './closedLoop.ts';
import { oha } from './oha.ts';
import { wrk } from './wrk.ts';

/** The generators of closed loops that are known, by name. */
export const generators: Readonly<Record<ClosedLoopGenerator['name'], ClosedLoopGenerator>> = { wrk, oha };
