/**
 * Fetches a file into memory; an answer that stalls is given up.
 * @param stallMs the longest wait for the answer, and then for each part of it
 * @throws Error that names the address and what went wrong; `signal`'s reason when interrupted
 */
export async function download(url: string, stallMs: number, signal?: AbortSignal): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const stalled = new AbortController();
  const stall = (): void => stalled.abort(new Error(`nothing came for ${stallMs / 1000} s`));
  let timer = setTimeout(stall, stallMs);
  try {
    const either = signal === undefined ? stalled.signal : AbortSignal.any([stalled.signal, signal]);
    const response = await fetch(url, { signal: either });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    const parts: Uint8Array[] = [];
    if (response.body !== null) {
      for await (const part of response.body) {
        clearTimeout(timer);
        timer = setTimeout(stall, stallMs);
        parts.push(part);
      }
    }
    return Buffer.concat(parts);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` says "fetch failed" or "terminated" and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return `${error.message} (${cause.message || code})`;
}
