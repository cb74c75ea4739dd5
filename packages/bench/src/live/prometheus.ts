import { askPrometheus, whyNoAnswer } from '../prometheusHttp.ts';

/** What a Prometheus says of itself, or why it can't be used. */
export type PrometheusState =
  | { readonly state: 'ready'; readonly version: string | null }
  | { readonly state: 'unusable'; readonly reason: string };

const timeoutMs = 3_000;

/** From this version on native histograms need no flag. */
const nativeSince = { major: 3, minor: 8 };

/**
 * Asks a Prometheus whether it takes what k6 pushes: it answers, its remote-write receiver is on, and it takes native
 * histograms. What a compatible system does not tell of itself is taken as given. Never throws.
 *
 * @param url without a slash at its end
 */
export async function checkPrometheus(url: string): Promise<PrometheusState> {
  try {
    const ready = await askPrometheus(`${url}/-/ready`, { timeoutMs });
    if (!ready.ok) return unusable(`${url}/-/ready answers ${ready.status}`);
    const write = await askPrometheus(writeUrl(url), { method: 'POST', timeoutMs });
    // An empty request is refused as such by a receiver that is there.
    if (write.status === 404 || write.status === 405) {
      return unusable(
        `it takes no remote write (${write.status}); start it with --web.enable-remote-write-receiver`,
      );
    }
    if (write.status === 401 || write.status === 403) {
      return unusable(
        `it wants to know who writes (${write.status}); give http://user:password@… as its URL`,
      );
    }
    const version = (await json(`${url}/api/v1/status/buildinfo`))?.version ?? null;
    const features = (await json(`${url}/api/v1/status/flags`))?.['enable-feature'];
    if (
      version !== null &&
      needsFlag(version) &&
      !(features ?? '').split(',').includes('native-histograms')
    ) {
      return unusable(
        `Prometheus ${version} takes native histograms with --enable-feature=native-histograms only; start it so, or take 3.8 or later`,
      );
    }
    return { state: 'ready', version };
  } catch (error) {
    return unusable(whyNoAnswer(error, timeoutMs));
  }
}

/** Where k6 pushes to. */
export function writeUrl(url: string): string {
  return `${url}/api/v1/write`;
}

function unusable(reason: string): PrometheusState {
  return { state: 'unusable', reason };
}

function needsFlag(version: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  if (Number(major) !== nativeSince.major) return Number(major) < nativeSince.major;
  return Number(minor) < nativeSince.minor;
}

async function json(address: string): Promise<Record<string, string> | null> {
  const response = await askPrometheus(address, { timeoutMs });
  if (!response.ok) return null;
  const body = (await response.json().catch(() => null)) as { data?: Record<string, string> } | null;
  return body?.data ?? null;
}
