/** k6's exit codes, from `errext/exitcodes/codes.go` of k6 2.2.0. */
const meanings: Readonly<Record<number, string>> = {
  97: 'the cloud test run failed',
  98: 'k6 could not follow the progress of the cloud test',
  99: 'a threshold was not met',
  100: 'the setup function took too long',
  101: 'the teardown function took too long',
  102: 'something took too long',
  103: 'the test was stopped through the REST API',
  104: 'the configuration is not valid',
  105: 'it was interrupted by a signal',
  106: 'the REST API could not be started',
  107: 'the script threw an exception',
  108: 'the script stopped the test itself',
  109: 'k6 crashed (a Go panic)',
  110: 'the script marked the test as failed',
};

/**
 * How k6 ended, in words: `k6 exited with 107: the script threw an exception`.
 * @param code the exit code; null when a signal ended it
 * @param signal the signal's name; null when it exited by itself
 */
export function k6ExitMeaning(code: number | null, signal: string | null = null): string {
  if (code === null) return `k6 was ended by ${signal ?? 'a signal'}`;
  if (code === 0) return 'k6 exited with 0: it ran to its end';
  return `k6 exited with ${code}: ${meanings[code] ?? 'not a code it documents; its last lines on stderr say more'}`;
}
