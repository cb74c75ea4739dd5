/** The part of k6's response that a check reads. */
export interface CheckedResponse {
  /** 0 when no response came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** `errored`: no response came. `shed`: 503, where the server may shed. The others: it came, and this was the first thing wrong with it. */
export type Verdict = 'right' | 'errored' | 'shed' | 'wrong-status' | 'wrong-content-type' | 'wrong-body';

function hasExpectedShape(body: string): boolean {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    // Not JSON is an answer here, not an accident; anything else is.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return false;
  const { street, city, count } = value as Record<string, unknown>;
  return typeof street === 'string' && typeof city === 'string' && typeof count === 'number';
}

/** Judges one response; `expectedBody` is compared byte for byte, and a 503 is none of the server's wrongs where it may shed. */
export function judge(response: CheckedResponse, expectedBody: string | undefined, sheds = false): Verdict {
  if (response.status === 0) return 'errored';
  if (sheds && response.status === 503) return 'shed';
  if (response.status !== 200) return 'wrong-status';
  const contentType = response.headers['Content-Type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(contentType)) return 'wrong-content-type';
  if (typeof response.body !== 'string') return 'wrong-body';
  const right = expectedBody === undefined ? hasExpectedShape(response.body) : response.body === expectedBody;
  return right ? 'right' : 'wrong-body';
}
