import { inUrl, isIpAddress } from './address.ts';
import { memberIndexVariable, memberMetricsVariable } from './member.ts';
import { type Api, apis, type Topology, topologies, variables } from './options.ts';

/**
 * `server.json` beside a server: how to start it and what it offers. A server of somebody else's joins a comparison by
 * such a file, and ours have no other way in.
 */
export interface Manifest {
  /** What the cell is called: `node`, `my-hono-on-bun`. */
  readonly name: string;
  /** The runtime that executes it. */
  readonly runtime: string;
  /**
   * Program and arguments, run in the manifest's folder, without a shell. `{host}` becomes the address to listen on, as in a URL,
   * `{variables}` the comma-separated names of the environment variables that a server reads.
   */
  readonly command: readonly string[];
  /** The command for a topology that wants another one, such as more permissions. */
  readonly commandFor: Readonly<Partial<Record<Topology, readonly string[]>>>;
  /** Prints the runtime's version, somewhere in its first line. */
  readonly versionCommand: readonly string[];
  readonly apis: readonly Api[];
  readonly topologies: readonly Topology[];
}

/**
 * Validates what a `server.json` holds.
 *
 * @throws {TypeError} naming the field, what it got and what it takes.
 */
export function parseManifest(value: unknown): Manifest {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const known = ['name', 'runtime', 'command', 'commandFor', 'versionCommand', 'apis', 'topologies'];
  const unknown = Object.keys(record).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw refusal(unknown, record[unknown], `no such field; accepted are ${known.join(', ')}`);
  return {
    name: name(record, 'name'),
    runtime: name(record, 'runtime'),
    command: strings(record, 'command'),
    commandFor: commandsFor(record),
    versionCommand: strings(record, 'versionCommand'),
    apis: someOf(record, 'apis', apis),
    topologies: someOf(record, 'topologies', topologies),
  };
}

/**
 * The program and its arguments for a topology, with the placeholders filled in. What is no address is left to the server to
 * refuse: a runtime that is to be permitted such a thing does not get so far.
 */
export function startCommand(manifest: Manifest, host: string, topology: string): string[] {
  const commands: Readonly<Record<string, readonly string[] | undefined>> = manifest.commandFor;
  const command = commands[topology] ?? manifest.command;
  const permitted = inUrl(isIpAddress(host) ? host : '127.0.0.1');
  return command.map((part) =>
    part
      .replaceAll('{host}', permitted)
      .replaceAll('{variables}', [...variables, memberIndexVariable, memberMetricsVariable].join(',')),
  );
}

function commandsFor(record: Record<string, unknown>): Partial<Record<Topology, readonly string[]>> {
  const value = record.commandFor ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw refusal('commandFor', value, 'commands by topology');
  const commands = value as Record<string, unknown>;
  const unknown = Object.keys(commands).find((key) => !topologies.some((topology) => topology === key));
  if (unknown !== undefined)
    throw refusal('commandFor', value, `commands by topology: ${topologies.join(', ')}`);
  return Object.fromEntries(Object.keys(commands).map((topology) => [topology, strings(commands, topology)]));
}

function name(record: Record<string, unknown>, field: string): string {
  const value = record[field];
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) return value;
  throw refusal(field, value, 'up to 64 lower-case letters, digits, dots, dashes and underscores');
}

function strings(record: Record<string, unknown>, field: string): string[] {
  const value = record[field];
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((part) => typeof part === 'string' && part !== '')
  ) {
    return value;
  }
  throw refusal(field, value, 'a program and its arguments, as a list of strings');
}

function someOf<T extends string>(
  record: Record<string, unknown>,
  field: string,
  accepted: readonly T[],
): T[] {
  const value = record[field];
  if (Array.isArray(value) && value.length > 0 && value.every((part) => accepted.includes(part)))
    return value;
  throw refusal(field, value, `a list of ${accepted.join(', ')}`);
}

function refusal(field: string, value: unknown, takes: string): TypeError {
  return new TypeError(`${field}: got ${JSON.stringify(value) ?? 'nothing'}, accepted is ${takes}`);
}
