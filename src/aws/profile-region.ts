import { readFileSync } from 'node:fs';
import type { Environment } from './sdk.ts';

/** The region that a profile of the shared configuration names: it tells the partition too. Config wins over credentials, as in the AWS CLI. */
export function profileRegion(profile: string, env: Environment, home: string): string | undefined {
  const files: [path: string, headings: string[]][] = [
    [
      env.AWS_CONFIG_FILE ?? `${home}/.aws/config`,
      profile === 'default' ? ['default', 'profile default'] : [`profile ${profile}`],
    ],
    [env.AWS_SHARED_CREDENTIALS_FILE ?? `${home}/.aws/credentials`, [profile]],
  ];
  for (const [path, headings] of files) {
    let section = '';
    for (const line of readLines(path)) {
      const heading = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
      if (heading) section = heading.replace(/\s+/g, ' ');
      const region = /^region\s*=\s*(\S+)/.exec(line)?.[1];
      if (region && headings.includes(section)) return region;
    }
  }
  return undefined;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}
