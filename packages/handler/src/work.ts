import { runFormat } from './format.ts';
import { createWasmKernel } from './wasmKernel.ts';

/** Kinds of CPU work; docs/method.md says what each is for. */
export const workKinds = ['format', 'wasm', 'none'] as const;
export type WorkKind = (typeof workKinds)[number];

/** The CPU work of one request: a kind, and how often its loop turns. `none` turns zero times. */
export interface Work {
  readonly kind: WorkKind;
  readonly iterations: number;
}

/** What the work of one request comes to: the article's `Address`, from which the body is made. */
export interface WorkResult {
  readonly street: string;
  readonly city: string;
  readonly count: number;
}

/** Iterations fit WebAssembly's i32. */
const maxIterations = 2_147_483_647;

/**
 * Reads `format:100000`, `wasm:4000000` or `none`.
 *
 * @throws {RangeError} naming what was got and what is accepted.
 */
export function parseWork(text: string): Work {
  if (text === 'none') return { kind: 'none', iterations: 0 };
  const match = /^(format|wasm):([0-9]+)$/.exec(text);
  const iterations = Number(match?.[2]);
  if (match === null || iterations < 1 || iterations > maxIterations) {
    throw new RangeError(
      `got "${text}", accepted are none, format:N and wasm:N with N from 1 to ${maxIterations}, such as wasm:4000000`,
    );
  }
  return { kind: match[1] === 'format' ? 'format' : 'wasm', iterations };
}

/** The text that {@link parseWork} reads. */
export function formatWork(work: Work): string {
  return work.kind === 'none' ? 'none' : `${work.kind}:${work.iterations}`;
}

/**
 * Makes the function that does the work of one request, on the calling thread, until it is done.
 * Make it once a thread: `wasm` compiles its module here.
 */
export function createWork(work: Work): () => WorkResult {
  const { kind, iterations } = work;
  switch (kind) {
    case 'format':
      return () => runFormat(iterations);
    case 'wasm': {
      const kernel = createWasmKernel();
      return () => ({ street: '10 Downing Street', city: 'Value: wasm', count: kernel(iterations) });
    }
    case 'none': {
      const result = { street: '10 Downing Street', city: 'Value: none', count: 0 };
      return () => result;
    }
  }
}
