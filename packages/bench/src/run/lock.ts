import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotRunError } from '../exitCodes.ts';
import { StorageError } from '../store.ts';

/** The process that writes to a folder: its id and, as ids are used again, when it started. */
interface Owner {
  readonly pid: number;
  /** In clock ticks since boot; null where the OS does not say. */
  readonly startTime: string | null;
}

/**
 * Does something in a run's folder that no second runner may do at the same time. What a runner that was killed left behind is
 * no obstacle.
 *
 * @throws CannotRunError naming the process that has it. @throws StorageError when it can't be written.
 */
export async function lockedIn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'lock');
  const owner = await readOwner(file);
  if (owner !== null && isAlive(owner)) {
    throw new CannotRunError(`${folder}: process ${owner.pid} still runs this; wait for it, or end it`);
  }
  const { pid } = process;
  try {
    await rm(file, { force: true });
    const mine: Owner = { pid, startTime: startTimeOf(pid) };
    await writeFile(file, JSON.stringify(mine), { flag: 'wx' });
  } catch (cause) {
    throw new StorageError(`can't lock ${folder}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Null when there is none, or one that was half-written as its writer was killed. */
async function readOwner(file: string): Promise<Owner | null> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(file, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? { pid, startTime } : null;
  } catch {
    return null;
  }
}

/** Whether it still runs, and is no other process that has got its id. */
function isAlive({ pid, startTime }: Owner): boolean {
  if (startTimeOf(pid) !== startTime) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, so fields are counted from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null; // It has ended, or this is no Linux.
  }
}
