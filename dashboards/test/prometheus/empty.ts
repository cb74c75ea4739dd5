import type { Checked } from './check.ts';

/** Where data is rightly missing, and why: `dashboard / panel` or `dashboard / panel / query`. */
export type Empty = Readonly<Record<string, string>>;

const noLoad = 'a probe in production has no load generator';
const noServer = 'a server in production has no metrics of ours';
const noPlan = 'a probe in production belongs to no run';
const totals = 'a past run has only what k6 counted in all';

/** What is there on one machine and not on another, or on one day. */
const sometimes: Empty = {
  'acceptbench-run / Half-open connections':
    'counted only where a listener is seen to defer accepting, and Bun’s does so for a request that comes late',
};

/** Of a run that is watched while it runs. */
export const emptyLive: Empty = {
  'acceptbench-waits / Requests in each stage: $topology / C of inline': 'inline has no offload queue',
};

/** Of a past run, read from its folder. */
export const emptyPast: Empty = {
  ...emptyLive,
  'acceptbench-run / Of it: connecting': totals,
  'acceptbench-run / Of it: waiting': totals,
  'acceptbench-run / Failed requests / A': `${totals}: failed ones together, in its report`,
  'acceptbench-run / Failed requests / B': `${totals}: failed ones together, in its report`,
  'acceptbench-run / Connections opened / B': totals,
  'acceptbench-waits / Mean response time, and what k6 adds to it / B': totals,
  'acceptbench-waits / Mean response time, and what k6 adds to it / C': totals,
  'acceptbench-waits / Mean response time, and what k6 adds to it / D': totals,
  'acceptbench-load / Offered, started, dropped / B': totals,
  'acceptbench-load / Scheduling lag': totals,
  'acceptbench-load / Failed requests / A': `${totals}: failed ones together, in its report`,
  'acceptbench-load / Failed requests / B': `${totals}: failed ones together, in its report`,
  'acceptbench-load / Virtual users': totals,
};

/** Of a probe beside a server in production, in the dashboard *Run*. */
export const emptyInProduction: Empty = {
  'acceptbench-run / Offered, accepted, completed / A': noLoad,
  'acceptbench-run / Offered, accepted, completed / C': noLoad,
  'acceptbench-run / Response time': noLoad,
  'acceptbench-run / Failed requests': noLoad,
  'acceptbench-run / Of it: connecting': noLoad,
  'acceptbench-run / Connections opened / B': noLoad,
  'acceptbench-run / Of it: waiting': noLoad,
  'acceptbench-run / In the server, by stage': noServer,
  'acceptbench-run / Mean time in the handler, the offload queue and the work': noServer,
  'acceptbench-run / Requests given up': noServer,
  'acceptbench-run / annotation: Runs': noPlan,
  'acceptbench-run / annotation: Measured windows': noPlan,
  'acceptbench-run / variable: run': noPlan,
  'acceptbench-run / variable: runtime': noPlan,
  'acceptbench-run / variable: topology': noPlan,
};

/** What differs from what is expected, a sentence each: a problem that is none of these, and one of these that is none. */
export function unexpected(checked: readonly Checked[], empty: Empty): string[] {
  const reasonIn = (of: Empty, { dashboard, panel, target }: Checked) =>
    of[`${dashboard} / ${panel} / ${target}`] ?? of[`${dashboard} / ${panel}`];
  return checked.flatMap((each) => {
    const { dashboard, panel, target, problem } = each;
    if (problem === emptyProblem(panel) && reasonIn(sometimes, each) !== undefined) return [];
    const reason = reasonIn(empty, each);
    const what = `${dashboard} / ${panel} / ${target}`;
    if (problem === null) return reason === undefined ? [] : [`${what}: has data, though ${reason}`];
    return reason !== undefined && problem === emptyProblem(panel) ? [] : [`${what}: ${problem}`];
  });
}

/** A panel that is empty is that, and not wrong in another way. */
function emptyProblem(panel: string): string {
  return panel.startsWith('variable: ') ? 'no value' : 'no data';
}
