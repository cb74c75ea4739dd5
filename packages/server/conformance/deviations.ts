import assert from 'node:assert/strict';
import type { Combination } from './combination.ts';

/** What a runtime's own HTTP code decides before a server of ours hears of it, and what it should be. */
const rules = {
  'HTTP/1.0 with keep-alive': 'kept open',
  'an unknown method': '405',
  CONNECT: '404',
  'OPTIONS *': '404',
  'a request that comes while another waits': 'answered',
  'no Host': '400 closed',
  'two Hosts': '400 closed',
  'HTTP/2.0 in the request line': '505 closed',
  'no version in the request line': '400 closed',
  'an HTTP/2 preface': '400 closed',
  'a line that ends in a bare LF': '400 closed',
  'an unknown transfer coding': '400 closed',
  '1 MiB of headers': '431 closed',
  'a target of 1 MiB': '414 closed',
} as const;

export type Rule = keyof typeof rules;

interface Deviation {
  readonly is: string;
  readonly why: string;
}

type Deviations = Readonly<Partial<Record<Rule, Deviation>>>;

/** Node's HTTP code, and what Deno's node:http does as Node does. */
const likeNode = {
  'an unknown method': { is: '400 closed', why: 'its parser knows a fixed list of methods' },
  CONNECT: { is: 'closed', why: 'node:http has an event of its own for it, and closes without a listener' },
  'two Hosts': { is: '200', why: 'it keeps the first' },
  'HTTP/2.0 in the request line': { is: '200 closed', why: 'its parser takes 0.9, 1.0, 1.1 and 2.0' },
  'no version in the request line': { is: '200 closed', why: 'its parser takes it as HTTP/0.9' },
  'an unknown transfer coding': {
    is: '405 closed',
    why: 'it answers when the head is read, and finds the body unframed after',
  },
  'a target of 1 MiB': { is: '431 closed', why: 'one limit, of 16 KiB, for target and headers' },
} as const satisfies Deviations;

/**
 * Where a runtime is known to differ, by runtime and API, and why: none of it is in an adapter's hands. Each is asserted,
 * so that we notice when a runtime changes its mind.
 */
const deviations: Readonly<Record<string, Deviations>> = {
  'node native': likeNode,
  'node node-http': likeNode,
  'deno node-http': likeNode,
  'bun node-http': {
    'HTTP/1.0 with keep-alive': { is: 'closed', why: 'it closes after every 1.0 reply' },
    'an unknown method': likeNode['an unknown method'],
    CONNECT: likeNode.CONNECT,
    'OPTIONS *': { is: '400 closed', why: 'a target must begin with / or a scheme' },
    'two Hosts': likeNode['two Hosts'],
    'HTTP/2.0 in the request line': { is: '400 closed', why: 'its parser takes 1.0 and 1.1 alone' },
    'an unknown transfer coding': {
      is: '405 400 closed',
      why: 'it answers when the head is read, and refuses the body after',
    },
    'a target of 1 MiB': { is: '431 closed', why: 'one limit for target and headers' },
  },
  'bun native': {
    'HTTP/1.0 with keep-alive': { is: 'closed', why: 'it closes after every 1.0 reply' },
    'an unknown method': { is: 'closed', why: 'it closes without a reply' },
    'a request that comes while another waits': {
      is: 'closed',
      why: 'µWebSockets denies pipelining to a handler that answers later',
    },
    'OPTIONS *': { is: '400 closed', why: 'a target must begin with / or a scheme' },
    'two Hosts': { is: '200', why: 'it does not count them' },
    'no version in the request line': {
      is: '505 closed',
      why: 'it is stricter on the version than on the line',
    },
    'a line that ends in a bare LF': { is: '505 closed', why: 'the LF is read as part of the version' },
    'a target of 1 MiB': { is: '431 closed', why: 'one limit for target and headers' },
  },
  'deno native': {
    'no Host': { is: '200', why: 'its parser leaves Host to the application' },
    'HTTP/2.0 in the request line': { is: '400 closed', why: 'its parser takes 1.0 and 1.1 alone' },
    'an HTTP/2 preface': {
      is: 'another protocol',
      why: 'Deno.serve speaks HTTP/2 to who asks for it outright',
    },
    'a line that ends in a bare LF': { is: '200', why: 'RFC 9112 §2.2 lets it' },
    '1 MiB of headers': { is: '400 closed', why: 'it has no other status for it' },
    'a target of 1 MiB': { is: '400 closed', why: 'it has no other status for it' },
  },
};

/** Asserts that what was seen is the rule, or this runtime's known deviation from it. */
export function assertRule(combination: Combination, rule: Rule, seen: string): void {
  const known = deviations[`${combination.manifest.runtime} ${combination.api}`]?.[rule];
  const wanted = known?.is ?? rules[rule];
  const because = known === undefined ? 'the rule' : `a known deviation (${known.why}) from ${rules[rule]}`;
  assert.equal(seen, wanted, `${rule}: wanted ${wanted}, ${because}`);
}
