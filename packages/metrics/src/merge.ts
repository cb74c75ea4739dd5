import type { ExpositionSource, ThreadDescription } from './exposition.ts';
import { allocateMetrics, slotOf } from './layout.ts';

type ThreadWithSlot = ThreadDescription & { readonly slot: readonly number[] };

/** The threads of a process and their slots now, as text for another process of the same server: see {@link joinSlots}. */
export function writeSlots({ memory, threads }: ExpositionSource): string {
  const all: ThreadWithSlot[] = threads.map((thread, index) => ({
    ...thread,
    slot: Array.from(slotOf(memory, index)),
  }));
  return JSON.stringify(all);
}

/**
 * A process's own threads and those of others, as they are now and as they were when {@link writeSlots} wrote them. Threads
 * must differ in their names.
 *
 * @throws {SyntaxError | TypeError | RangeError} where a text is something else.
 */
export function joinSlots(own: ExpositionSource, texts: readonly string[]): ExpositionSource {
  const others = texts.flatMap((text): ThreadWithSlot[] => JSON.parse(text));
  const before = own.threads.length;
  const memory = allocateMetrics(before + others.length);
  for (const index of own.threads.keys()) slotOf(memory, index).set(slotOf(own.memory, index));
  for (const [index, { slot }] of others.entries()) slotOf(memory, before + index).set(slot);
  return { ...own, memory, threads: [...own.threads, ...others] };
}
