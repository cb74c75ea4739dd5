import { acceptAllWeCan } from './accept-all-we-can.ts';
import { backlog } from './backlog.ts';
import { balance } from './balance.ts';
import { burst } from './burst.ts';
import { capacity } from './capacity.ts';
import { engine } from './engine.ts';
import type { Experiment } from './experiment.ts';
import { hello } from './hello.ts';
import { overload } from './overload.ts';
import { quick } from './quick.ts';
import { silent } from './silent.ts';
import { smoke } from './smoke.ts';

/** Every experiment by name; the first is the default. */
export const experiments: readonly [Experiment, ...Experiment[]] = [
  quick,
  smoke,
  acceptAllWeCan,
  capacity,
  backlog,
  burst,
  silent,
  overload,
  balance,
  engine,
  hello,
];
