import type { CiEnvironment, CiProvider, CiRun } from './provider.ts';
import { azure } from './providers/azure.ts';
import { bitbucket } from './providers/bitbucket.ts';
import { buildkite } from './providers/buildkite.ts';
import { circleci } from './providers/circleci.ts';
import { drone } from './providers/drone.ts';
import { gitea } from './providers/gitea.ts';
import { github } from './providers/github.ts';
import { gitlab } from './providers/gitlab.ts';
import { jenkins } from './providers/jenkins.ts';
import { woodpecker } from './providers/woodpecker.ts';

/** What a CI run is to scan, from its variables alone. */
export interface CiPlan extends CiRun {
  provider: Pick<CiProvider, 'name' | 'annotations' | 'reports' | 'fullHistory'>;
  /** `tree`: all files of the commit that is checked out. `range`: what the heads bring. */
  scan: 'tree' | 'range';
}

/** Jenkins and others set few variables that are theirs alone, so the particular ones are asked first. */
export const PROVIDERS: readonly CiProvider[] = [
  gitea,
  github,
  gitlab,
  bitbucket,
  circleci,
  azure,
  buildkite,
  woodpecker,
  drone,
  jenkins,
];

/**
 * @param base a revision that the user gives as what was there before; it overrules what the CI says
 * @returns undefined when the environment is of no CI that is known
 */
export function planCi(env: CiEnvironment, readEvent: () => unknown, base?: string): CiPlan | undefined {
  const provider = PROVIDERS.find((candidate) => candidate.detect(env));
  if (!provider) return undefined;
  const run = provider.read(env, readEvent);
  const given = base || env.UNLEAK_BASE;
  if (given) return { ...run, baseCommit: given, provider, scan: 'range' };
  return { ...run, provider, scan: run.kind === 'schedule' || run.kind === 'manual' ? 'tree' : 'range' };
}
