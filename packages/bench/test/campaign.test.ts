import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runCampaign } from '../campaign/campaign.ts';

const linux = { skip: process.platform !== 'linux' && 'processes are found in /proc' };

test(
  'a run that is killed at a random moment is completed by --resume, each replicate once',
  linux,
  async (context) => {
    const rounds = await runCampaign({
      kills: 6,
      seed: 11,
      onRound: (round, index) => context.diagnostic(`${index + 1}: ${JSON.stringify(round)}`),
    });
    assert.deepEqual(
      rounds.flatMap(({ wrong }) => wrong),
      [],
    );
    assert.ok(rounds.filter(({ killedAtMs }) => killedAtMs !== null).length >= 3, 'most were killed');
  },
);
