/** Asks a Prometheus. Credentials in the URL become a header: fetch takes no URL that has them. */
export async function askPrometheus(
  address: string,
  { method = 'GET', timeoutMs }: { readonly method?: string; readonly timeoutMs: number },
): Promise<Response> {
  const url = new URL(address);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const headers: Record<string, string> = {};
  if (username !== '') {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  return fetch(url, { method, headers, signal: AbortSignal.timeout(timeoutMs) });
}

/** Why it did not answer, in one line. */
export function whyNoAnswer(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  // An error of several addresses tried has no message of its own.
  if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return cause.errors[0].message;
  return cause instanceof Error ? cause.message : error.message;
}
