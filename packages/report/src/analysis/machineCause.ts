import type { Reason, Replicate } from '@acceptbench/results/replicate';

/** Gates that say what the machine did, whatever the server is: they look at no figure that is compared. */
const machine: ReadonlySet<string> = new Set(['suspended', 'steal', 'samples', 'scheduling-lag']);

/** Gates that say what the server did. A second try would hide it, so there is none. */
const server: ReadonlySet<string> = new Set([
  'restart',
  'topology',
  'responses',
  'requests-add-up',
  'ceiling',
  'connections',
]);

/** Whether the machine spoilt a replicate: one of its gates says so, and none says that the server did wrong. */
export function isMachineCause(reasons: readonly Reason[]): boolean {
  return reasons.some(({ gate }) => machine.has(gate)) && reasons.every(({ gate }) => !server.has(gate));
}

/** Whether a replicate is invalid because of the machine. */
export function isSpoilt(replicate: Replicate): boolean {
  return replicate.outcome === 'invalid' && isMachineCause(replicate.reasons);
}
