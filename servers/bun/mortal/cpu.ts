import { runMortalCpuThread } from '@acceptbench/server/mortal';
import { now } from '../src/clock.ts';
import { ownerPort } from '../src/threads.ts';

runMortalCpuThread(ownerPort(), now, () => process.exit(3));
