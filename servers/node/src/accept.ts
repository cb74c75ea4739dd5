import { runAcceptThread } from '@acceptbench/server/acceptThread';
import { listen } from '@acceptbench/server-node-http/listen';
import { now } from './clock.ts';
import { ownerPort } from './threads.ts';

runAcceptThread(ownerPort(), now, listen);
