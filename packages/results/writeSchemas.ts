/** Writes `schema/*.json` from the types: `npm run schemas -w @acceptbench/results`. */
import { writeFileSync } from 'node:fs';
import { toJsonSchemas } from './src/jsonSchema.ts';

for (const [name, text] of Object.entries(toJsonSchemas())) {
  writeFileSync(new URL(`./schema/${name}`, import.meta.url), text);
  console.log(`schema/${name}`);
}
