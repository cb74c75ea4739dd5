/**
 * The project's palette on a dark ground, which is what these dashboards are made for: the stages can be told apart by
 * people who see few colours too (CIEDE2000 ≥ 20 between any two, for normal, protan, deutan and tritan vision).
 */
export const stageColor = {
  'accept-queue': '#CC3D60',
  process: '#EDCF63',
  'offload-queue': '#3D6EF2',
  work: '#B0B8C1',
} as const;

/** Of limits. */
export const limitColor = '#F2495C';

/** Of what is aimed at. */
export const aimColor = '#B0B8C1';
