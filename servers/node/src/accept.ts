import { runAcceptThread } from '@acceptbench/server/acceptThread';
import { now } from './clock.ts';
import { listen } from './listen.ts';
import { ownerPort } from './threads.ts';

runAcceptThread(ownerPort(), now, listen);
