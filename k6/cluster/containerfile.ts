/** An instruction of a Containerfile: `RUN npm ci`, on one line whatever it was written on. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What stands between one FROM and the next. */
export interface Stage {
  readonly image: string;
  /** Its name after AS; null without. */
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Containerfile. @throws Error at a line that is none of its instructions */
export function parseContainerfile(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of lines) {
    const [, name, rest = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no instruction of a Containerfile: ${line}`);
    if (name === 'FROM') {
      const [image = '', as, stage] = rest.split(/\s+/);
      stages.push({ image, name: as === 'AS' && stage !== undefined ? stage : null, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${name} comes before any FROM`);
    stage.instructions.push({ name, text: rest });
  }
  return stages;
}

/** The last of that name, which is the one that holds. */
export function lastOf({ instructions }: Stage, name: string): string | null {
  return instructions.findLast((instruction) => instruction.name === name)?.text ?? null;
}

/** The variables that its ENV instructions set: `ENV HOST=0.0.0.0 DENO_DIR=/deno-dir`. */
export function environmentOf({ instructions }: Stage): Record<string, string> {
  const pairs = instructions
    .filter(({ name }) => name === 'ENV')
    .flatMap(({ text }) => text.split(/\s+/).map((pair) => pair.split('=', 2)));
  return Object.fromEntries(pairs.map(([name, value = '']) => [name, value]));
}

/** `["node", "src/main.ts"]`, which no shell reads. @throws Error for a shell's form */
export function execForm(text: string): string[] {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw new Error(`not an array of strings: ${text}`);
}

/** The command of `HEALTHCHECK --interval=5s CMD ["…"]`. */
export function healthCommand(text: string): string[] {
  return execForm(text.slice(text.indexOf('CMD') + 'CMD'.length));
}

/** Sources and target of a COPY, and the stage that it copies from; null where that is the context. */
export function copyOf(text: string): { sources: string[]; target: string; from: string | null } {
  const parts = text.split(/\s+/);
  const from = parts.find((part) => part.startsWith('--from='))?.slice('--from='.length) ?? null;
  const paths = parts.filter((part) => !part.startsWith('--'));
  return { sources: paths.slice(0, -1), target: paths.at(-1) ?? '', from };
}

/** What an image must not be, a phrase each; empty for one that is as it should be. `exists` tells of paths in the context. */
export function complaints(stages: readonly Stage[], exists: (path: string) => boolean): string[] {
  const last = stages.at(-1);
  if (last === undefined) return ['it has no FROM'];
  const names = stages.map(({ name }) => name);
  return [
    ...stages.flatMap(({ image }) => (isPinned(image) ? [] : [`${image} is not pinned to an exact version`])),
    ...stages.flatMap(({ instructions }) =>
      instructions.flatMap((each) => ofInstruction(each, names, exists)),
    ),
    ...(/^[1-9]\d*:[1-9]\d*$/.test(lastOf(last, 'USER') ?? '') ? [] : ['its USER is no number above 0']),
    ...['ENTRYPOINT', 'HEALTHCHECK', 'EXPOSE'].flatMap((name) =>
      lastOf(last, name) === null ? [`it has no ${name}`] : [],
    ),
    ...(stages.length > 1 ? [] : ['it has one stage, so what installs it is in it']),
  ];
}

/** By a digest, or a registry's whole name and a tag with a version of three numbers. */
function isPinned(image: string): boolean {
  return (
    /@sha256:[0-9a-f]{64}$/.test(image) ||
    /^[a-z0-9.-]+\.[a-z]+\/[^:]+:(?:[a-z]+-)?\d+\.\d+\.\d+(?:-[a-z0-9.-]+)?$/.test(image)
  );
}

function ofInstruction(
  { name, text }: Instruction,
  stages: readonly (string | null)[],
  exists: (path: string) => boolean,
): string[] {
  switch (name) {
    case 'ADD':
      return ['ADD may fetch and unpack; COPY says what it copies'];
    case 'COPY': {
      const { sources, from } = copyOf(text);
      if (from !== null) return stages.includes(from) ? [] : [`it copies from ${from}, which is no stage`];
      return sources.filter((source) => !exists(source)).map((source) => `there is no ${source}`);
    }
    case 'RUN':
      return [
        ...(/\b(curl|wget)\b/.test(text) ? ['it downloads'] : []),
        ...(/\bnpm (?!ci\b)/.test(text) ? ['npm installs something else than the lockfile says'] : []),
      ];
    default:
      return [];
  }
}
