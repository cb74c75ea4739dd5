import { ReplicateError } from './error.ts';
import { type Answer, ask } from './http.ts';

interface Expectation {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** The exact body; absent when any will do. */
  readonly body?: string;
  /** A header's name and what its value starts with. */
  readonly header?: readonly [string, string];
}

/** Asks for every route once and compares what came. @throws ReplicateError naming the first difference. */
export async function verifyRoutes(url: string, expectedBody: string): Promise<void> {
  const expectations: Expectation[] = [
    { method: 'GET', path: '/healthz', status: 200 },
    {
      method: 'GET',
      path: '/data',
      status: 200,
      body: expectedBody,
      header: ['content-type', 'application/json'],
    },
    { method: 'GET', path: '/no-such-route', status: 404 },
    { method: 'POST', path: '/data', status: 405, header: ['allow', 'GET'] },
  ];
  for (const expectation of expectations) {
    const { method, path } = expectation;
    const difference = await differenceFrom(expectation, url);
    if (difference !== null) throw new ReplicateError(`wrong answer to ${method} ${path}: ${difference}`);
  }
}

async function differenceFrom(expectation: Expectation, url: string): Promise<string | null> {
  let answer: Answer;
  try {
    answer = await ask(`${url}${expectation.path}`, { method: expectation.method });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { status, body, header } = expectation;
  if (answer.status !== status) return `status ${answer.status}, expected ${status}`;
  if (body !== undefined && answer.body !== body) {
    return `body ${JSON.stringify(answer.body.slice(0, 120))}, expected ${JSON.stringify(body)}`;
  }
  if (header !== undefined) {
    const got = answer.headers[header[0]];
    if (typeof got !== 'string' || !got.startsWith(header[1])) {
      return `header ${header[0]} ${JSON.stringify(got ?? null)}, expected ${header[1]}`;
    }
  }
  return null;
}
