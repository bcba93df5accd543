import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

export type Environment = Record<string, string | undefined>;

/**
 * The agents for requests to `url`: through the proxy of `HTTPS_PROXY` (or `ALL_PROXY`) unless `NO_PROXY` names the host,
 * and with no more than `maxSockets` connections. Neither Node's own client nor the AWS SDK reads these variables.
 * Plain `http:` is only ever spoken to an endpoint that the user named, and goes there directly.
 */
export async function agentsFor(
  url: string,
  env: Environment,
  options: AgentOptions = {},
): Promise<{ http: HttpAgent; https: HttpsAgent }> {
  const http = new HttpAgent({ keepAlive: true, ...options });
  const proxy = proxyFor(url, env);
  if (!proxy) return { http, https: new HttpsAgent({ keepAlive: true, ...options }) };
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const { lookup: _unused, ...rest } = options;
  return { http, https: new HttpsProxyAgent(proxy, { keepAlive: true, ...rest }) as unknown as HttpsAgent };
}

/** The proxy that the environment names for `url`, or undefined. Lower-case names win, as in curl. */
export function proxyFor(url: string, env: Environment): string | undefined {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:') return undefined;
  const proxy = env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY;
  if (!proxy || isExempt(hostname, env.no_proxy || env.NO_PROXY || '')) return undefined;
  return /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

/** `NO_PROXY` holds names, their subdomains (with or without a leading dot) or `*`, between commas or blanks. */
function isExempt(host: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const name = entry.replace(/:\d+$/, '').replace(/^\*?\./, '');
      return name === '*' || host === name || host.endsWith(`.${name}`);
    });
}
