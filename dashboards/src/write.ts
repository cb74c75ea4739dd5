/** Writes the dashboards' JSON again: npm run dashboards -w @acceptbench/dashboards. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { toFiles } from './all.ts';

const folder = new URL('../generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
const files = toFiles();
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(new URL(name, folder));
for (const [name, text] of files) writeFileSync(new URL(name, folder), text);
