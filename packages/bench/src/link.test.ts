import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './exitCodes.ts';
import { linkOf, parseLink } from './link.ts';

test('a link is a wire, or delays and loses as it is told', () => {
  assert.deepEqual(parseLink(''), { delayMs: 0, lossPercent: 0 });
  assert.deepEqual(parseLink('delay=5ms'), { delayMs: 5, lossPercent: 0 });
  assert.deepEqual(parseLink('loss=0.1%,delay=400ms'), { delayMs: 400, lossPercent: 0.1 });
  assert.equal(linkOf({ mode: 'namespace' }), undefined);
  assert.equal(linkOf({ mode: 'none', reason: '' }), undefined);
});

test('what is no link is refused in one line that says what is accepted', () => {
  for (const [text, why] of [
    ['delay=5', /"delay=5": can't read "delay=5"; accepted is delay=<ms>ms/],
    ['delay=5%', /can't read "delay=5%"/],
    ['loss=1ms', /can't read "loss=1ms"/],
    ['delay=401ms', /delay is too much/],
    ['loss=21%', /loss is too much/],
    ['delay=1ms,delay=2ms', /delay is given twice/],
    ['jitter=1ms', /can't read "jitter=1ms"/],
    ['delay=1ms,', /can't read ""/],
  ] as const) {
    assert.throws(
      () => parseLink(text),
      (error) => error instanceof UsageError && why.test(error.message),
      text,
    );
  }
});
