import { createHook } from 'node:async_hooks';
import type { Front } from '@acceptbench/server/platform';

/**
 * With node:cluster it is the primary that accepts. It hands a process a connection when that one has taken the last, and keeps
 * the others; when the last process stops listening it drops what it still has. It tells of none of it, so it is watched:
 * in the primary a TCPSERVERWRAP is the listener, and each TCPWRAP a connection accepted, which is destroyed when a process
 * has taken it. Tests see that they count as many as the clients do.
 */
export function watchFront(accepted: () => void): Front {
  const listeners = new Map<number, { close(): void }>();
  const held = new Set<number>();
  const empty = Promise.withResolvers<void>();
  let closing = false;
  const look = () => {
    if (closing && held.size === 0) empty.resolve();
  };
  createHook({
    trackPromises: false,
    init(id, type, _trigger, resource) {
      if (type === 'TCPSERVERWRAP') listeners.set(id, resource as { close(): void });
      if (type !== 'TCPWRAP') return;
      held.add(id);
      accepted();
    },
    destroy(id) {
      listeners.delete(id);
      if (held.delete(id)) look();
    },
  }).enable();
  return {
    close() {
      closing = true;
      // The primary closes it once more with its last process, which does nothing.
      for (const listener of listeners.values()) listener.close();
      look();
      return empty.promise;
    },
  };
}
