import { execFile } from 'node:child_process';

/** What `ss -H -ltn` prints; null where there is no ss. */
export function listSockets(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('ss', ['-H', '-ltn'], { timeout: 5_000 }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}
