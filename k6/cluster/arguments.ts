/**
 * What a TestRun's `args` hold. k6-operator (v1.6.0) gives them word for word to each runner's `k6 run`, behind the segment and before
 * the archive, and without `--out` and `--no-usage-report` to its initializer's `k6 archive`: what that does not know would end the
 * TestRun before it begins. `--features native-histograms` is such a one; an environment variable stands for it.
 *
 * @param tags labels of all series that k6 pushes
 */
export function testRunArguments(tags: Readonly<Record<string, string>>): string[] {
  return [
    '--no-usage-report',
    '--no-color',
    '--include-system-env-vars=false',
    '--new-machine-readable-summary=false',
    '--summary-mode=compact',
    // No tag a request differs by: a series for each URL would be new in every replicate.
    '--system-tags',
    'scenario',
    '--out',
    'experimental-prometheus-rw',
    ...Object.entries(tags).flatMap(([name, value]) => ['--tag', `${name}=${value}`]),
  ];
}
