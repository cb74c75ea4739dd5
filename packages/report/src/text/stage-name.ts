import type { StageName } from '@acceptbench/results/measurement';

/** The stages in a request's order, as reports call them. */
export const stageNames: Readonly<Record<StageName, string>> = {
  'client-lag': 'k6 lag',
  resend: 'resend',
  'accept-queue': 'accept queue',
  process: 'process',
  'offload-queue': 'offload queue',
  work: 'work',
  reply: 'reply',
};

/** Where a request is in a stage: `in the accept queue`. */
export const stagePlaces: Readonly<Record<StageName, string>> = {
  'client-lag': 'in k6’s lag',
  resend: 'waiting to be sent again',
  'accept-queue': 'in the accept queue',
  process: 'in the process',
  'offload-queue': 'in the offload queue',
  work: 'in the work itself',
  reply: 'in the reply',
};
