import { resolve } from 'node:path';
import { metricKeys, metrics, type RunMetric } from '@acceptbench/report/compare/metrics';
import { InvalidArgumentError } from 'commander';

/** Reads a whole number in a range, for an option. */
export const wholeNumber = (min: number, max: number) => (text: string) => {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Accepted is a whole number from ${min} to ${max}.`);
};

/** npm and turbo change the folder: a path is meant from where it was typed. */
export function fromWhereItWasTyped(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/** Where to listen, of `127.0.0.1:9465`, `[::1]:9465` or `9465` alone, which is on loopback. */
export function listenAddress(text: string): { host: string; port: number } {
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port <= 65_535) return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
  throw new InvalidArgumentError(
    'Accepted is an address and a port, such as 127.0.0.1:9465 or [::1]:9465, or a port alone, which is on loopback.',
  );
}

/** A URL, or an argument that holds one, as it may be shown and stored: `http://user:password@host` without the two. */
export function withoutCredentials(text: string): string {
  return text.replace(/(https?:\/\/)[^/@\s]*@/gi, '$1');
}

/** What to say where metrics are served to more than this machine; null on loopback. */
export function openToOthers(host: string): string | null {
  if (/^(127\.|::1$)/.test(host)) return null;
  return `${host} is not loopback: whoever reaches it can read these metrics`;
}

/** A figure by the name that a command line has for it. */
export function aMetric(text: string): RunMetric {
  const found = metrics.find(({ key }) => key === text.trim());
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`There is no figure "${text.trim()}"; there are ${metricKeys.join(', ')}.`);
}

/** What a comma-separated option names. */
export const names = (text: string) => text.split(',').map((name) => name.trim());

/** A name that a run may be given: 1 to 100 characters, without a line break or another control character. */
export const isOneLine = (text: string) => /^[^\p{Cc}]{1,100}$/u.test(text);

/** An option that may be given again. */
export const collect = (text: string, before: string[]) => [...before, text];
