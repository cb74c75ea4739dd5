import { isMeasured, type Replicate } from '@acceptbench/results/replicate';
import { counted } from '../text/number.ts';

/** A replicate that does not count, and why; plain text that may hold what a server wrote. */
export type Rejected = {
  readonly outcome: 'invalid' | 'failed';
  readonly cellId: string;
  readonly block: number;
  readonly why: readonly string[];
};

/** Every replicate that does not count, in order. */
export function rejected(replicates: readonly Replicate[]): Rejected[] {
  return replicates.flatMap((replicate): Rejected[] => {
    if (replicate.outcome === 'valid' || replicate.outcome === 'not-offered') return [];
    const { outcome, block, cell } = replicate;
    const why =
      replicate.outcome === 'invalid'
        ? replicate.reasons.map(({ gate, reason }) => `${gate}: ${reason}`)
        : [
            `while in phase ${replicate.phase}: ${replicate.error}`,
            ...replicate.serverTail.slice(-3).map((line) => `server: ${line}`),
          ];
    return [{ outcome, cellId: cell.id, block, why }];
  });
}

/** What was not measured, and in how many replicates; each sentence once, the most frequent first. */
export function notMeasured(replicates: readonly Replicate[]): string[] {
  const counts = new Map<string, number>();
  for (const replicate of replicates) {
    if (!isMeasured(replicate)) continue;
    for (const sentence of replicate.notMeasured) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([sentence, n]) => `${sentence} (${counted(n, 'replicate')})`);
}
