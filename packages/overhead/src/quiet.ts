import { type CpuInfo, cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const lookMs = 500;
const longestMs = 30_000;
/** What else runs takes from both sides of a pair, and from the slower one more. */
const quietShare = 0.1;

/**
 * The share of all cores' time that was not idle between two readings, from 0 to 1; it includes the time that a
 * hypervisor gave to others. Two readings that are the same give 0.
 */
export function busyShare(before: readonly CpuInfo[], after: readonly CpuInfo[]): number {
  const total = (infos: readonly CpuInfo[], idle: boolean) =>
    infos.reduce((sum, { times }) => {
      const all = times.user + times.nice + times.sys + times.irq + times.idle;
      return sum + (idle ? times.idle : all);
    }, 0);
  const all = total(after, false) - total(before, false);
  return all <= 0 ? 0 : 1 - (total(after, true) - total(before, true)) / all;
}

/**
 * Waits until the machine is idle, at most 30 s.
 *
 * @returns the share of its cores that were busy at the end, from 0 to 1.
 */
export async function awaitQuiet(say: (line: string) => void): Promise<number> {
  const until = performance.now() + longestMs;
  let told = false;
  for (;;) {
    const before = cpus();
    await delay(lookMs);
    const share = busyShare(before, cpus());
    if (share <= quietShare || performance.now() >= until) return share;
    if (!told) say(`waiting until the machine is idle: ${(share * 100).toFixed(0)} % is busy`);
    told = true;
  }
}
