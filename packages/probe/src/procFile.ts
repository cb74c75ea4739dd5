import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** What the kernel answers when a process has ended, a file does not exist here, or it is not ours to read. */
const ABSENT = new Set(['ENOENT', 'ESRCH', 'ENOTDIR', 'EACCES', 'EPERM']);

/** True for an error that means "this is not there to be read", false for every other failure. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABSENT.has(String(error.code));
}

/** The text of a small file under /proc, or null where it is absent or not readable. Other failures throw. */
export function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/**
 * A file under /proc that stays open, so that a read costs one system call. The network files show the namespace
 * of the process that opened them, at the time it opened them.
 */
export type ProcFile = {
  /**
   * Up to `bytes` bytes from `offset`, as latin1 text (a character is a byte). Offset 0 makes the kernel
   * write the file anew.
   */
  readAt(bytes: number, offset: number): string;
  close(): void;
};

/** Opens a file under /proc, or gives null where it is absent or not readable. Other failures throw. */
export function openProc(path: string): ProcFile | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
  let buffer = Buffer.allocUnsafe(4096);
  return {
    readAt(bytes, offset) {
      if (buffer.length < bytes) buffer = Buffer.allocUnsafe(bytes);
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, bytes, offset));
    },
    close() {
      closeSync(fd);
    },
  };
}
