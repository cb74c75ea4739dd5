import { resolve } from 'node:path';

/** npm and turbo change the folder: a path is meant from where it was typed. */
export function fromWhereItWasTyped(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
