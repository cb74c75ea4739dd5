import { defineHostile } from '@acceptbench/server/hostile';

defineHostile(new URL('../server.json', import.meta.url));
