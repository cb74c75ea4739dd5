import http, { type RefinedResponse } from 'k6/http';
import type { ScriptOptions } from './options.ts';

/** A function that sends the request of this run and waits for its response. */
export function requestFor(options: ScriptOptions): () => RefinedResponse<'text'> {
  const url = `${options.baseUrl}${options.route}`;
  // Made once: a virtual user runs on one core's budget.
  const params = {
    responseType: 'text',
    timeout: Math.round(options.timeoutSeconds * 1000),
    redirects: 0,
  } as const;
  return () => http.get(url, params);
}
