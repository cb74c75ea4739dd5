import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { drainLine, ownerOnStdin, readLines } from './memberLines.ts';

const encode = (text: string) => new TextEncoder().encode(text);

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, start] of places.entries()) yield bytes.subarray(start, places[index + 1]);
}

test('lines are the same wherever the text is cut; what is left at the end is a line too', async () => {
  const texts = fc.string({ unit: fc.constantFrom('a', '\n', '{', 'ä', '€') });
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.nat(), { maxLength: 5 }), async (text, cuts) => {
      const seen: string[] = [];
      await readLines(inPieces(encode(text), cuts), new TextDecoder(), (line) => void seen.push(line));
      const lines = text.split('\n');
      assert.deepEqual(seen, lines.at(-1) === '' ? lines.slice(0, -1) : lines);
    }),
  );
});

test('an owner says when to drain, and its stdin ends when it goes', async () => {
  const told: string[] = [];
  const next = Promise.withResolvers<string>();
  async function* stdin(): AsyncGenerator<Uint8Array> {
    yield encode('something else\n');
    yield encode(`${drainLine}\n`);
    yield encode(await next.promise);
  }
  const owner = ownerOnStdin(stdin(), new TextDecoder());
  await new Promise<void>((resolve) => owner.onDrain(resolve));
  owner.onGone(() => void told.push('gone'));
  assert.deepEqual(told, []);
  next.resolve('');
  await new Promise<void>((resolve) => owner.onGone(resolve));
  assert.deepEqual(told, ['gone']);
});

test('a stdin that can’t be read is an owner that has gone', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield encode('');
    throw new Error('EIO');
  }
  await new Promise<void>((resolve) => ownerOnStdin(broken(), new TextDecoder()).onGone(resolve));
});
