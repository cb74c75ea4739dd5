import { openProc, type ProcFile, readProc, readText } from './procFile.ts';
import { TCP_STATE } from './procNetTcp.ts';

/**
 * The most sockets that are worth walking: the table takes 2 to 5 ms when it is empty, and 1,000 rows some 3 ms more. SYN-RECV
 * sockets stand among all others in it, so there is no cheaper way to count them through /proc.
 */
const MOST_SOCKETS = 1000;
const CHUNK_BYTES = 65_536;

export type HalfOpenCounter = {
  /**
   * Connections to the ports whose handshake is not complete as the server sees it (SYN-RECV): under TCP_DEFER_ACCEPT
   * also those that have sent nothing yet. Null where too many sockets stand in the table to count them cheaply, or it
   * cannot be read.
   */
  count(): number | null;
  close(): void;
};

/** Opens the socket tables of this process's network namespace for counting half-open connections to `ports`. */
export function openHalfOpenCounter(ports: readonly number[]): HalfOpenCounter {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].map(openProc).filter((file) => file !== null);
  return {
    count() {
      const sockets = parseSocketCount(readProc('/proc/net/sockstat') ?? '');
      if (files.length === 0 || sockets === null || sockets > MOST_SOCKETS) return null;
      return files.reduce((sum, file) => sum + countHalfOpen(readAll(file), ports), 0);
    },
    close() {
      for (const file of files) file.close();
    },
  };
}

/** Counts rows in SYN-RECV whose local port is one of `ports`, in the text of /proc/net/tcp or /proc/net/tcp6. */
export function countHalfOpen(text: string, ports: readonly number[]): number {
  const state = hex(TCP_STATE.synRecv, 2);
  const local = ports.map((port) => hex(port, 4)).join('|');
  return (
    text.match(new RegExp(`^ *\\d+: [0-9A-F]+:(?:${local}) [0-9A-F]+:[0-9A-F]{4} ${state} `, 'gm'))?.length ??
    0
  );
}

/** TCP sockets in use and in TIME-WAIT, out of /proc/net/sockstat; null when it is something else. */
export function parseSocketCount(text: string): number | null {
  const match = /^TCP: inuse (\d+) orphan \d+ tw (\d+)/m.exec(text);
  return match === null ? null : Number(match[1]) + Number(match[2]);
}

function readAll(file: ProcFile): string {
  let text = '';
  for (;;) {
    const chunk = readText(file, CHUNK_BYTES, text.length);
    if (chunk === '') return text;
    text += chunk;
  }
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
