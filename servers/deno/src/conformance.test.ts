import { defineConformance } from '@acceptbench/server/conformance';

defineConformance(
  new URL('../server.json', import.meta.url),
  new URL('../mortal/server.json', import.meta.url),
);
