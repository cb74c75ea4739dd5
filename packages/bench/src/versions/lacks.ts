/**
 * What a version of a runtime lacks to run a server at all, by what it said as it ended; null when that is not why.
 *
 * @param lines its last lines on stderr
 */
export function whatVersionLacks(lines: readonly string[]): string | null {
  const text = lines.join('\n');
  if (/ERR_UNKNOWN_FILE_EXTENSION.*\.ts\b/.test(text)) {
    return 'this version of Node does not run TypeScript files as they are; 22.18 and 24 are such that do';
  }
  // Deno's (clap's) words, and Node's.
  const flag =
    /(?:unexpected|Found) argument '(--[\w-]+)[^']*'/.exec(text)?.[1] ??
    /\bbad option: (--[\w-]+)/.exec(text)?.[1];
  return flag === undefined ? null : `this version of the runtime does not know ${flag}`;
}
