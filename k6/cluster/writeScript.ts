/** Writes base/script.yaml again, after a change of the load script: `npm run cluster:script -w @acceptbench/k6`. */
import { writeFile } from 'node:fs/promises';
import { describeMissingK6, findK6 } from '../install/find.ts';
import { baseScript } from './baseScript.ts';

const k6 = await findK6();
if (k6.state === 'missing') {
  console.error(describeMissingK6(k6));
  process.exitCode = 1;
} else {
  await writeFile(new URL('base/script.yaml', import.meta.url), await baseScript(k6.path));
}
