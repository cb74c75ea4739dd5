import type { Finding } from './rule.ts';

interface Waiver extends Omit<Finding, 'message' | 'target'> {
  readonly reason: string;
}

/** Where a rule is not followed, and why. One that nothing needs any more fails the test. */
export const waivers: readonly Waiver[] = [
  {
    rule: 'target-counter-agg-rule',
    dashboard: 'acceptbench-runtimes',
    panel: 'Replicates: last values',
    reason:
      'A row is one replicate, whose process and k6 have counters of their own: their last value, or last less first, is what they counted, exactly. increase() extrapolates.',
  },
];

/** The waiver that a finding falls under. */
export function waiverFor(finding: Finding): Waiver | undefined {
  return waivers.find(
    ({ rule, dashboard, panel }) =>
      rule === finding.rule &&
      dashboard === finding.dashboard &&
      (panel === undefined || panel === finding.panel),
  );
}
