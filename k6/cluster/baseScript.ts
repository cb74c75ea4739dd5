import { archiveLoad } from './archive.ts';

/** The load of the overlays as they are, for somebody who applies one by hand: 1.3 × the ceiling of 4 ms on one worker, by two runners. */
const load = {
  kind: 'constant-arrival-rate',
  ratePerSecond: 325,
  durationSeconds: 10,
  warmupSeconds: 5,
  warmupRatePerSecond: 125,
} as const;

/** `base/script.yaml`: a ConfigMap with k6's archive. */
export async function baseScript(k6Path: string): Promise<string> {
  const archive = await archiveLoad(k6Path, {
    baseUrl: 'http://acceptbench-server:8080',
    load,
    policy: 'close',
    maxVus: 2100,
    runners: 2,
    timeoutSeconds: 30,
    countsSteadily: true,
  });
  const lines = archive.toString('base64').match(/.{1,120}/g) ?? [];
  return [
    '# Made by npm run cluster:script -w @acceptbench/k6, of k6/constant-arrival-rate.ts and what it imports.',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata:',
    '  name: acceptbench-load',
    'binaryData:',
    '  load.tar: |',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
}
