import { type Command, InvalidArgumentError } from 'commander';
import { fromWhereItWasTyped, listenAddress } from '../flags.ts';
import { defaultTargetsFolder } from '../paths.ts';
import type { LiveOptions } from './session.ts';

export interface LiveFlags {
  /** True when it was given without a URL. */
  readonly live?: string | true;
  readonly liveRequired: boolean;
  readonly liveListen: LiveOptions['listen'];
  readonly liveTargets: string;
  readonly grafana: string;
}

const defaultUrl = 'http://127.0.0.1:9090';
export const defaultGrafana = 'http://127.0.0.1:3000';

/** The options of `run` for watching it. */
export function addLiveOptions(command: Command): Command {
  return command
    .option(
      '--live [url]',
      `let Prometheus and Grafana watch (default URL: ${defaultUrl}); turns isolation off: docs/grafana.md`,
      httpUrl,
    )
    .option('--live-required', 'do not run when Prometheus can’t watch', false)
    .option(
      '--live-listen <address:port>',
      'where the run’s metrics are served (default: 127.0.0.1:9466)',
      listenAddress,
      listenAddress('127.0.0.1:9466'),
    )
    .option('--live-targets <folder>', 'the folder that Prometheus looks in', defaultTargetsFolder)
    .option('--grafana <url>', 'for the links that are printed', httpUrl, defaultGrafana);
}

/** What the flags ask for; absent when nobody is to watch. */
export function toLiveOptions(flags: LiveFlags): { live?: LiveOptions } {
  const { live, liveRequired, liveListen, liveTargets, grafana } = flags;
  if (live === undefined) return {};
  return {
    live: {
      url: live === true ? defaultUrl : live,
      required: liveRequired,
      listen: liveListen,
      targetsFolder: fromWhereItWasTyped(liveTargets),
      grafana,
    },
  };
}

/** Of a server, without a slash at its end. */
export function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return url.href.replace(/\/+$/, '');
  }
  throw new InvalidArgumentError('Accepted is a URL such as http://127.0.0.1:9090.');
}
