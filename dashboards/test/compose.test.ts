import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

interface Mount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
}

interface Service {
  readonly image: string;
  readonly network_mode: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly Mount[];
  readonly ports?: unknown;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly profiles?: readonly string[];
}

const compose = (): { services: Record<string, Service>; volumes: Record<string, unknown> } =>
  parse(read('compose.yaml'));

function validator() {
  const schema = JSON.parse(read('dashboards/schema/compose-spec.json'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // It names draft-07 by an address that is not the draft's own.
  return ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
}

test('compose.yaml is what the Compose Specification allows', () => {
  const validate = validator();
  assert.ok(validate(compose()), JSON.stringify(validate.errors));
  const wrong = compose();
  Object.assign(wrong.services.grafana ?? {}, { heathcheck: {} });
  assert.equal(validate(wrong), false, 'a misspelled key is seen');
  const port = compose();
  Object.assign(port.services.prometheus ?? {}, { depends_on: { grafana: { condition: 'soon' } } });
  assert.equal(validate(port), false, 'a wrong value is seen');
});

test('what is mounted exists, and volumes are declared', () => {
  const { services, volumes } = compose();
  for (const [name, { volumes: mounts }] of Object.entries(services)) {
    for (const { type, source } of mounts) {
      if (type === 'volume') assert.ok(source in volumes, `${name}: ${source}`);
      else assert.ok(existsSync(new URL(source, root)), `${name}: ${source}`);
    }
  }
});

test('each path that a service is told inside its container is one that is there', () => {
  const { services } = compose();
  const told = (service: Service, path: string) => {
    const mount = service.volumes.find(({ target }) => path === target || path.startsWith(`${target}/`));
    assert.ok(mount !== undefined, `${path} is not mounted`);
    if (mount.type === 'bind') return `${mount.source}${path.slice(mount.target.length)}`;
    return null;
  };
  const exists = (path: string | null) =>
    assert.ok(path === null || existsSync(new URL(path, root)), String(path));
  const { prometheus, grafana, backfill } = services;
  assert.ok(prometheus !== undefined && grafana !== undefined && backfill !== undefined);
  const flags = new Map(prometheus.command?.map((flag) => flag.split('=', 2) as [string, string]));
  exists(told(prometheus, flags.get('--config.file') ?? ''));
  assert.equal(told(prometheus, flags.get('--storage.tsdb.path') ?? ''), null);
  exists(told(grafana, grafana.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? ''));
  const [file = '', storage = ''] = backfill.command ?? [];
  assert.equal(told(backfill, file), './dashboards/prometheus/import/run.txt');
  assert.equal(told(backfill, storage), null);
  const volume = (service: Service) => service.volumes.find(({ type }) => type === 'volume')?.source;
  assert.equal(volume(backfill), volume(prometheus), 'a past run is read into Prometheus’ own storage');
  const { providers } = parse(read('dashboards/grafana/provisioning/dashboards/acceptbench.yaml'));
  exists(told(grafana, providers[0].options.path));
});

test('everything listens on loopback, nobody can change anything, and images have a version', () => {
  const { services } = compose();
  for (const [name, { image, ports, healthcheck, profiles }] of Object.entries(services)) {
    assert.match(image, /^docker\.io\/[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/, name);
    assert.equal(ports, undefined, `${name}: with the host's network, addresses decide`);
    assert.equal(healthcheck === undefined, profiles !== undefined, `${name}: what stays up is checked`);
  }
  const { prometheus, grafana, backfill } = services;
  assert.equal(backfill?.image, prometheus?.image);
  const flags = prometheus?.command ?? [];
  assert.ok(flags.includes('--web.listen-address=127.0.0.1:9090'));
  assert.ok(flags.includes('--web.enable-remote-write-receiver'));
  const settings = grafana?.environment ?? {};
  assert.equal(settings.GF_SERVER_HTTP_ADDR, '127.0.0.1');
  assert.equal(settings.GF_AUTH_ANONYMOUS_ENABLED, 'true');
  assert.equal(settings.GF_AUTH_ANONYMOUS_ORG_ROLE, 'Viewer');
});

test('Grafana is given the data source that the dashboards ask for, and the dashboards, for reading', () => {
  const { datasources } = parse(read('dashboards/grafana/provisioning/datasources/prometheus.yaml'));
  const [source] = datasources;
  assert.deepEqual(
    [datasources.length, source.type, source.isDefault, source.editable],
    [1, 'prometheus', true, false],
  );
  const { scrape_configs: scrapes } = parse(read('dashboards/prometheus/prometheus.yml'));
  assert.equal(source.jsonData.timeInterval, scrapes[0].scrape_interval, '$__rate_interval is made of it');
  const { providers } = parse(read('dashboards/grafana/provisioning/dashboards/acceptbench.yaml'));
  assert.deepEqual([providers[0].allowUiUpdates, providers[0].disableDeletion], [false, true]);
  const folder = fileURLToPath(new URL('dashboards/generated/', root));
  assert.equal(readdirSync(folder).length, 4);
});
