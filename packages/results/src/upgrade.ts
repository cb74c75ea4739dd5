import { schemaVersion } from './schemaVersion.ts';

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A version 1 `run.json` as version 2: blocks were the only design, one calibration the only one. Nothing is checked here. */
export function upgradeRun(old: Fields): Fields {
  const { calibration, experiment, ...rest } = old;
  const { blocks, ...words } = isObject(experiment) ? experiment : { blocks: undefined };
  return {
    ...rest,
    schemaVersion,
    resumedAt: [],
    experiment: { ...words, form: 'short', design: { kind: 'blocks', blocks } },
    calibrations: calibration === null ? [] : [calibration],
  };
}

/** A version 1 line of `replicates.ndjson` as version 2: there was one attempt, no shedding, and no histogram. */
export function upgradeReplicate(old: Fields): Fields {
  const common = { ...old, schemaVersion, attempt: 1 };
  if (old.outcome === 'failed') return common;
  return {
    ...common,
    requests: isObject(old.requests) ? { ...old.requests, shed: 0, shedMeanMs: null } : old.requests,
    responseHistogram: null,
    burst: null,
    silent: null,
  };
}
