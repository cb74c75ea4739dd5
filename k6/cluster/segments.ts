/**
 * What k6-operator gives each of its runners, so that together they offer what one would (its pkg/segmentation and
 * pkg/resources/jobs/runner.go, v1.6.0): a share of every scenario's arrivals, and tags that say whose figures these are.
 *
 * @param runner 1-based, as the operator counts
 * @param runners how many there are: the TestRun's `parallelism`
 * @throws RangeError when there is no such runner
 */
export function operatorArguments(runner: number, runners: number, testRun: string): string[] {
  if (
    !Number.isInteger(runners) ||
    runners < 1 ||
    !Number.isInteger(runner) ||
    runner < 1 ||
    runner > runners
  ) {
    throw new RangeError(`there is no runner ${runner} of ${runners}: it must be from 1 to their number`);
  }
  const tags = ['--tag', `instance_id=${runner}`, '--tag', `testrun_name=${testRun}`];
  if (runners === 1) return tags;
  const bound = (index: number) => (index === 0 ? '0' : index === runners ? '1' : `${index}/${runners}`);
  const sequence = Array.from({ length: runners + 1 }, (_, index) => bound(index)).join(',');
  return [
    `--execution-segment=${bound(runner - 1)}:${bound(runner)}`,
    `--execution-segment-sequence=${sequence}`,
    ...tags,
  ];
}
