/**
 * One measurement in a process of its own: `node main.ts ours|piscina WORKERS SECONDS OUTSTANDING` prints the jobs per
 * second as JSON. As many jobs as OUTSTANDING are under way at all times: each one that ends submits the next.
 */
import { openPool, poolKinds } from './pools.ts';

const warmupMs = 500;

const [kindText, workersText, secondsText, outstandingText] = process.argv.slice(2);
const kind = poolKinds.find((value) => value === kindText);
const [workers = Number.NaN, seconds = Number.NaN, outstanding = Number.NaN] = [
  Number(workersText),
  Number(secondsText),
  Number(outstandingText),
];
if (kind === undefined || !(workers >= 1 && seconds > 0 && outstanding >= 1)) {
  throw new Error(
    `got "${process.argv.slice(2).join(' ')}", accepted is ours or piscina, and then workers, seconds and jobs outstanding`,
  );
}

const fail = (error: Error) => {
  console.error(error);
  process.exit(1);
};
const pool = await openPool(kind, workers, fail);
const measured = Promise.withResolvers<{ jobs: number; seconds: number }>();
const startAt = performance.now() + warmupMs;
let startedAt: number | undefined;
let jobs = 0;

const settled = (body: string) => {
  if (!body.startsWith('{"street"')) fail(new Error(`a job gave "${body}", accepted is the body of /data`));
  const now = performance.now();
  if (startedAt === undefined) {
    if (now >= startAt) startedAt = now;
  } else {
    jobs += 1;
    const elapsed = (now - startedAt) / 1000;
    if (elapsed >= seconds) {
      measured.resolve({ jobs, seconds: elapsed });
      return;
    }
  }
  pool.submit(settled);
};
for (let index = 0; index < outstanding; index += 1) pool.submit(settled);

const result = await measured.promise;
console.log(JSON.stringify({ jobsPerSecond: result.jobs / result.seconds }));
// Jobs are still under way: the end of the process is theirs.
process.exit(0);
