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
