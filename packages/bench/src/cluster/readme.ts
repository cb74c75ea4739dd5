import { expectedSeconds } from '../experiments/duration.ts';
import { counted, formatSeconds } from '../progress.ts';
import type { ClusterPlan } from './plan.ts';

/** Images, pods and the operator's own steps before a load begins, in seconds: what a wait allows for. */
const startSeconds = 240;

/** What to apply, in which order: `README.md` of what `cluster render` writes. */
export function readmeOf(plan: ClusterPlan): string {
  const { experiment, cells, replicates, notOffered, cluster, calibrations } = plan;
  const longest = Math.max(...cells.map(expectedSeconds));
  const { namespace, parallelism, serverCpus, prometheus, scrapeSeconds } = cluster;
  const settleSeconds = 2 * scrapeSeconds + 2;
  const nominal = calibrations.length === 0 && cells.some(({ work }) => work.kind !== 'none');
  const lines = [
    `# ${plan.id}`,
    '',
    experiment.question,
    '',
    `${counted(replicates.length, 'replicate')} of ${counted(cells.length, 'cell')}, ${counted(parallelism, 'runner')} of k6 each, ${counted(serverCpus, 'CPU')} for a server. Nothing of this has been run. acceptbench's docs/cluster.md says what a cluster must have.`,
    ...(nominal
      ? [
          '',
          'The iterations of the work are nominal: nobody has timed them on your nodes, so the ceiling is not known before.',
        ]
      : []),
    '',
    '## Once',
    '',
    '```sh',
    'kubectl apply -k setup',
    `kubectl -n ${namespace} create secret generic acceptbench-remote-write \\`,
    `  --from-literal=K6_PROMETHEUS_RW_SERVER_URL=${prometheus}/api/v1/write`,
    '```',
    '',
    'Where your Prometheus asks who writes, add `--from-literal=K6_PROMETHEUS_RW_USERNAME=…` and `K6_PROMETHEUS_RW_PASSWORD=…`.',
    '',
    '## Each replicate, in this order, one at a time',
    '',
    `About ${formatSeconds(longest + 60)} each where images are there already. Each has a server of its own, which is gone before the next one comes; the pause lets Prometheus read it once more.`,
    '',
    '```sh',
    'for replicate in replicates/*/; do',
    '  number=$(basename "$replicate" | cut -d - -f 1)',
    '  kubectl apply -k "$replicate" -l \'app.kubernetes.io/component!=load\'',
    `  kubectl -n ${namespace} rollout status deployment/acceptbench-server --timeout=${startSeconds}s &&`,
    '    kubectl apply -k "$replicate" &&',
    `    kubectl -n ${namespace} wait "testrun/acceptbench-$number" --for=jsonpath='{.status.stage}'=finished --timeout=${Math.ceil(longest) + startSeconds}s ||`,
    '    echo "$replicate did not end as it should: look at its pods" >&2',
    `  sleep ${settleSeconds}`,
    '  kubectl delete -k "$replicate" --wait',
    'done',
    '```',
    '',
    'One that is applied again must be deleted first, and is then the same replicate again: collect takes its last try.',
    '',
    '## Then',
    '',
    '`acceptbench cluster collect <this folder> --prometheus <url>` reads `plan.json` and asks Prometheus; acceptbench’s docs/scale.md says how.',
    ...(notOffered.length === 0
      ? []
      : ['', '## Not offered', '', ...notOffered.map(({ cell, reason }) => `- ${cell.id}: ${reason}`)]),
    '',
  ];
  return lines.join('\n');
}
