import type { StageName } from '@acceptbench/results/measurement';
import type { Look, Role } from '../model/chart.ts';

/**
 * Every colour of a report by its meaning, in light and dark. Runtimes and stages were computed for normal, protan, deutan
 * and tritan vision: CIEDE2000 of 20 or more within a group; contrast of 4.6 or more (runtimes) and 3 or more (stages) on
 * #FFFFFF and #0D1117. Never both groups in one chart; each has a second cue besides.
 */
const palette = {
  paper: ['#FFFFFF', '#0D1117'],
  ink: ['#1F2328', '#E6EDF3'],
  muted: ['#59636E', '#9198A1'],
  grid: ['#E4E8EC', '#262C36'],
  band: ['#EEF1F4', '#1B212A'],
  node: ['#00827F', '#2DE0D2'],
  bun: ['#B0410E', '#F49540'],
  deno: ['#241577', '#A78BFA'],
  other1: ['#1F2328', '#E6EDF3'],
  other2: ['#6E3F9E', '#C9A5F0'],
  other3: ['#5C6470', '#A9B2BD'],
  'accept-queue': ['#7A1838', '#CC3D60'],
  process: ['#B58900', '#EDCF63'],
  'offload-queue': ['#2F5F9E', '#3D6EF2'],
  work: ['#8E959E', '#B0B8C1'],
  good: ['#1A7F37', '#3FB950'],
  bad: ['#CF222E', '#FF7B72'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

export type ColourName = keyof typeof palette;

/** How a colour is written: as a custom property of the page, or, in a file that stands alone, as itself. */
export type Paint = (name: ColourName) => string;

export const cssPaint: Paint = (name) => `var(--${name})`;
export const lightPaint: Paint = (name) => palette[name][0];

/** Declarations of all custom properties, for one of the schemes. */
export function toCustomProperties(scheme: 'light' | 'dark'): string {
  const index = scheme === 'light' ? 0 : 1;
  return Object.entries(palette)
    .map(([name, colours]) => `--${name}:${colours[index]}`)
    .join(';');
}

/** A runtime's shape and line, so that colour is never the only cue. */
export const shapes: Readonly<Record<Look['family'], { symbol: string; line: number[] | 'solid' }>> = {
  node: { symbol: 'circle', line: 'solid' },
  bun: { symbol: 'rect', line: [6, 3] },
  deno: { symbol: 'triangle', line: [2, 2] },
  other1: { symbol: 'diamond', line: [8, 3, 2, 3] },
  other2: { symbol: 'pin', line: [10, 4] },
  other3: { symbol: 'arrow', line: [3, 5] },
};

/** Lines that are no runtime's. */
export const roles: Readonly<Record<Role, { colour: ColourName; line: number[] | 'solid' }>> = {
  offered: { colour: 'muted', line: [4, 3] },
  accepted: { colour: 'ink', line: [2, 2] },
  limit: { colour: 'bad', line: [5, 3] },
};

/** A stage's colour and pattern. What has no colour of its own is hollow. */
export const stageFills: Readonly<
  Record<StageName, { colour: ColourName; pattern: 'solid' | 'hatch' | 'dots' }>
> = {
  'client-lag': { colour: 'paper', pattern: 'hatch' },
  resend: { colour: 'ink', pattern: 'dots' },
  'accept-queue': { colour: 'accept-queue', pattern: 'solid' },
  process: { colour: 'process', pattern: 'hatch' },
  'offload-queue': { colour: 'offload-queue', pattern: 'dots' },
  work: { colour: 'work', pattern: 'solid' },
  reply: { colour: 'paper', pattern: 'solid' },
};
