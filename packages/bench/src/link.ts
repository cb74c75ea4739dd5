import type { Isolation, Link } from '@acceptbench/results/run';
import { UsageError } from './exitCodes.ts';

/** The longest delay in each direction, ms: a handshake then takes 800 ms, and one of 0.9 s or more counts as a SYN sent again. */
const mostDelayMs = 400;
const mostLossPercent = 20;

const accepted = `delay=<ms>ms up to ${mostDelayMs}ms, loss=<percent>% up to ${mostLossPercent}%, or both, such as delay=5ms,loss=0.1%`;

/**
 * Reads what `--two-hosts` was given: nothing, or `delay=5ms,loss=0.1%`, each in either direction.
 *
 * @throws UsageError in one line
 */
export function parseLink(text: string): Link {
  const refuse = (why: string) => new UsageError(`--two-hosts "${text}": ${why}; accepted is ${accepted}`);
  const link = { delayMs: 0, lossPercent: 0 };
  const seen = new Set<string>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, name = '', number = '', unit = ''] =
      /^(delay|loss)=(\d{1,5}(?:\.\d{1,3})?)(ms|%)$/.exec(part) ?? [];
    if ((name === 'delay' && unit !== 'ms') || (name === 'loss' && unit !== '%') || name === '') {
      throw refuse(`can't read "${part}"`);
    }
    if (seen.has(name)) throw refuse(`${name} is given twice`);
    seen.add(name);
    const value = Number(number);
    if (value > (name === 'delay' ? mostDelayMs : mostLossPercent)) throw refuse(`${name} is too much`);
    if (name === 'delay') link.delayMs = value;
    else link.lossPercent = value;
  }
  return link;
}

/** What lies between the load generator and the server; undefined where both share a host. */
export function linkOf(isolation: Isolation): Link | undefined {
  return isolation.mode === 'namespace' ? isolation.link : undefined;
}
