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
 * of the process that opened them, at the time it opened them; those of a process are that process's for good, whoever
 * has its pid later.
 */
export type ProcFile = {
  /** What was read, each byte where it is in the file: the caller's until the next read, which may bring another buffer. */
  readonly bytes: Uint8Array;
  /**
   * Reads up to `bytes` bytes from `offset`, and gives how many came: 0 at the end, and where what the file shows is there
   * no more. Offset 0 makes the kernel write the file anew.
   */
  read(bytes: number, offset: number): number;
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
  let size = 4096;
  let buffer = Buffer.allocUnsafeSlow(size);
  return {
    get bytes() {
      return buffer;
    },
    read(bytes, offset) {
      if (size < offset + bytes) {
        size = offset + bytes;
        const larger = Buffer.allocUnsafeSlow(size);
        buffer.copy(larger);
        buffer = larger;
      }
      try {
        return readSync(fd, buffer, offset, bytes, offset);
      } catch (error) {
        if (isAbsent(error)) return 0;
        throw error;
      }
    },
    close() {
      closeSync(fd);
    },
  };
}

/** What one read of at most `bytes` bytes gives, as latin1 text (a character is a byte); empty where nothing is there. */
export function readText(file: ProcFile, bytes: number, offset = 0): string {
  const length = file.read(bytes, offset);
  const { buffer, byteOffset } = file.bytes;
  return Buffer.from(buffer, byteOffset + offset, length).toString('latin1');
}
