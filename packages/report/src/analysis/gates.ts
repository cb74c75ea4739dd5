import type { Reason } from '@acceptbench/results/replicate';
import { booksClose, connectionsAddUp, stagesAddUp } from './gates/books.ts';
import type { Gate, GateInput } from './gates/gate.ts';
import {
  arrivalsAsPlanned,
  enoughVirtualUsers,
  everyResponseRight,
  generatorHasCpu,
  generatorOnTime,
  nothingDropped,
  requestsAddUp,
} from './gates/load.ts';
import { littleStolen, notSuspended, samplesComplete } from './gates/probe.ts';
import {
  notAboveCeiling,
  notRestarted,
  sameServiceTime,
  stationary,
  topologyInForce,
} from './gates/server.ts';

export type { GateInput } from './gates/gate.ts';

/** Every gate, in the order in which their reasons are told. */
export const gates: readonly Gate[] = [
  notSuspended,
  notRestarted,
  topologyInForce,
  everyResponseRight,
  requestsAddUp,
  arrivalsAsPlanned,
  nothingDropped,
  enoughVirtualUsers,
  generatorOnTime,
  generatorHasCpu,
  sameServiceTime,
  stationary,
  notAboveCeiling,
  connectionsAddUp,
  samplesComplete,
  littleStolen,
  stagesAddUp,
  booksClose,
];

/** What fails because another gate does: one cause is told once. */
const explains: Readonly<Record<string, readonly string[]>> = {
  suspended: ['scheduling-lag', 'stationary', 'service-time', 'samples', 'steal', 'stages-add-up', 'books'],
  // A generator that is kept from running counts the time twice, as waiting for a connection and for a response.
  'scheduling-lag': ['stages-add-up'],
  samples: ['service-time', 'stages-add-up', 'books'],
  restart: ['service-time', 'books', 'stages-add-up'],
  responses: ['books', 'stages-add-up'],
};

/**
 * Why the replicate does not count: one reason for each gate it fails. Empty when it is valid.
 *
 * @param found what was seen to be wrong already, each by the name of its gate
 */
export function checkGates(input: GateInput, found: readonly Reason[] = []): Reason[] {
  const known = new Set(found.map(({ gate }) => gate));
  const failed = [
    ...found,
    ...gates.map((gate) => gate(input)).filter((reason) => reason !== null && !known.has(reason.gate)),
  ].filter((reason) => reason !== null);
  const explained = new Set(failed.flatMap(({ gate }) => explains[gate] ?? []));
  return failed.filter(({ gate }) => !explained.has(gate));
}
