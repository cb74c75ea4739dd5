import type { Cell } from '@acceptbench/results/cell';
import type { Look } from './chart.ts';

const known = ['node', 'bun', 'deno'] as const;
const others = ['other1', 'other2', 'other3'] as const;

const familyOf = (runtime: string) => runtime.split('@')[0] ?? runtime;

/** One look for each runtime of a run, the same in all its charts: by family, and further versions of it hollow. */
export function toLooks(cells: readonly Pick<Cell, 'runtime'>[]): (cell: Pick<Cell, 'runtime'>) => Look {
  const looks = new Map<string, Look>();
  const families = new Map<string, number>();
  let unknown = 0;
  const colours = new Map<string, Look['family']>();
  for (const { runtime } of cells) {
    if (looks.has(runtime)) continue;
    const family = familyOf(runtime);
    const seen = families.get(family) ?? 0;
    families.set(family, seen + 1);
    let colour: Look['family'] | undefined = known.find((each) => each === family) ?? colours.get(family);
    if (colour === undefined) {
      colour = others[unknown % others.length] ?? 'other1';
      unknown += 1;
    }
    colours.set(family, colour);
    looks.set(runtime, { family: colour, isVariant: seen > 0 });
  }
  return ({ runtime }) => looks.get(runtime) ?? { family: 'other1', isVariant: false };
}
