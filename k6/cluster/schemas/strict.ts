/** A JSON Schema, or a part of one: plain data. */
export type Schema = { [key: string]: unknown };

interface Definitions {
  readonly [name: string]: Schema;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const prefix = '#/definitions/';

/** Types that Kubernetes writes down as strings, and that a manifest may give as numbers. */
const numbersToo: Readonly<Record<string, Schema>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
};

/** The file that kubeconform looks for with the location `{{.ResourceKind}}{{.KindSuffix}}.json`. */
export function schemaFile({ group, version, kind }: GroupVersionKind): string {
  const [first = ''] = group.split('.');
  return `${[kind.toLowerCase(), ...(first === '' ? [] : [first]), version].join('-')}.json`;
}

/** The schema of a kind of Kubernetes' own, with all that it refers to, from its published OpenAPI. @throws Error when it has none */
export function fromOpenApi(definitions: Definitions, wanted: GroupVersionKind): Schema {
  const [root] =
    Object.entries(definitions).find(([, definition]) => {
      const ids = (definition['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[];
      return ids.some(
        ({ group, version, kind }) =>
          group === wanted.group && version === wanted.version && kind === wanted.kind,
      );
    }) ?? [];
  if (root === undefined) throw new Error(`there is no ${wanted.kind} of ${wanted.group}/${wanted.version}`);
  const { [root]: top, ...others } = reachable(definitions, root);
  return { ...identified(top ?? {}, wanted), definitions: others };
}

/** The schema of a CustomResourceDefinition's one version. What it leaves open of `metadata` is Kubernetes' own. */
export function fromCustomResource(resource: unknown, definitions: Definitions): [GroupVersionKind, Schema] {
  const { spec } = resource as {
    spec: {
      group: string;
      names: { kind: string };
      versions: { name: string; schema: { openAPIV3Schema: Schema } }[];
    };
  };
  const [version, ...others] = spec.versions;
  if (version === undefined || others.length > 0)
    throw new Error(`${spec.names.kind}: one version is expected`);
  const wanted = { group: spec.group, version: version.name, kind: spec.names.kind };
  const schema = identified(toStrict(version.schema.openAPIV3Schema), wanted);
  const properties = { ...(schema.properties as Schema), metadata: { $ref: `${prefix}${objectMeta}` } };
  return [wanted, { ...schema, properties, definitions: reachable(definitions, objectMeta) }];
}

function reachable(definitions: Definitions, root: string): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const waiting = [root];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in found) continue;
    const definition = definitions[name];
    if (definition === undefined) throw new Error(`there is no definition ${name}`);
    found[name] = numbersToo[name] ?? toStrict(definition);
    waiting.push(...referredTo(found[name]));
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function referredTo(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === '$ref' ? [String(part).slice(prefix.length)] : referredTo(part),
  );
}

function identified(schema: Schema, { group, version, kind }: GroupVersionKind): Schema {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return {
    ...schema,
    properties: {
      ...(schema.properties as Schema),
      apiVersion: { type: 'string', enum: [apiVersion] },
      kind: { type: 'string', enum: [kind] },
    },
    required: ['apiVersion', 'kind', 'metadata'],
  };
}

/** Keywords that decide; descriptions, defaults and Kubernetes' own marks do not. */
const kept = new Set([
  ...['$ref', 'type', 'enum', 'required', 'pattern', 'minimum', 'maximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

/** The same schema, in which an object has the properties that it names and no others. */
function toStrict(schema: Schema): Schema {
  const each = (part: unknown) => toStrict(part as Schema);
  const strict: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (kept.has(key)) strict[key] = value;
    else if (key === 'properties') strict[key] = mapValues(value as Schema, each);
    else if (key === 'items') strict[key] = each(value);
    else if (key === 'additionalProperties') strict[key] = typeof value === 'object' ? each(value) : value;
    else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf')
      strict[key] = (value as unknown[]).map(each);
  }
  if (schema['x-kubernetes-int-or-string'] === true) strict.type = ['string', 'integer', 'number'];
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (strict.properties !== undefined && !open) strict.additionalProperties ??= false;
  return strict;
}

function mapValues(record: Schema, each: (value: unknown) => Schema): Schema {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value)]));
}
