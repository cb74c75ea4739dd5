/** An error as one line of text. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim();
}

/** A socket could not be opened: names the variables that say where, and the cause. */
export function cannotListen(variable: string, host: string, port: number, cause: unknown): Error {
  return new Error(`HOST, ${variable}: can't listen on ${host} port ${port}: ${oneLine(cause)}`, { cause });
}
