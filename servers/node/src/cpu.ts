import { runCpuThread } from '@acceptbench/server/cpuThread';
import { now } from './clock.ts';
import { ownerPort } from './threads.ts';

runCpuThread(ownerPort(), now);
