import { dataReply } from '@acceptbench/handler/routes';
import { createWork } from '@acceptbench/handler/work';

const run = createWork({ kind: 'none', iterations: 0 });

/** What a CPU worker of ours does with a job of WORK=none, as a task of Piscina. */
export default function task(): string {
  return dataReply(run()).body;
}
