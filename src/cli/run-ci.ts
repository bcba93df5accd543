import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../model/errors.ts';
import { type CiPlan, PROVIDERS, planCi } from '../sources/ci/plan.ts';
import { resolvePlan } from '../sources/ci/resolve.ts';
import { readCommits } from '../sources/commits.ts';
import { readTree } from '../sources/tree.ts';
import type { Arguments, Io, Values } from './command.ts';
import type { RunScan } from './run-hook.ts';

/** What `unleak ci` does. */
export async function runCi(args: Arguments, io: Io, runScan: RunScan): Promise<number> {
  const { values, positionals } = args;
  if (positionals.length > 0) {
    throw new UserError(
      `unleak ci takes no ${positionals[0]}: it finds the range itself, or by --base REVISION`,
    );
  }
  const { cwd, env, signal } = io;
  const plan = planCi(env, () => readEvent(env), values.base as string | undefined);
  if (!plan) {
    const names = PROVIDERS.map(({ name }) => name).join(', ');
    throw new UserError(
      `no CI is recognised by its variables (${names}). Name the range yourself: unleak commits <base>..HEAD`,
    );
  }
  const { tree, revisions, notes } = await resolvePlan(plan, {
    cwd,
    env,
    signal,
    fetch: values.fetch === true,
  });
  const what = tree ? `all files of ${tree}` : revisions!.join(' ');
  if (values.quiet !== true) io.stderr.write(`${plan.provider.name}, ${plan.kind}: ${what}\n`);
  for (const note of notes) io.stderr.write(`${note}\n`);
  const source = tree
    ? await readTree(tree, { cwd, env, signal })
    : await readCommits(revisions!, { cwd, env, signal });
  const described = Object.assign(source, { description: `ci: ${plan.kind}` });
  return runScan(described, { positionals: [], values: withOutputs(values, io, plan.provider) }, io);
}

/** What the user did not choose: annotations where the CI reads them from the log, and the reports that it shows by itself. */
function withOutputs(values: Values, { cwd }: Io, { annotations, reports }: CiPlan['provider']): Values {
  const format = values.format ?? annotations ?? 'text';
  if (values.output !== undefined || values.format !== undefined || reports.length === 0)
    return { ...values, format };
  for (const report of reports) {
    mkdirSync(dirname(resolve(cwd, report.slice(report.indexOf('=') + 1))), { recursive: true });
  }
  return { ...values, format, output: reports };
}

/** The payload of the event, where GitHub and those like it keep it. */
function readEvent(env: Io['env']): unknown {
  const file = env.GITHUB_EVENT_PATH;
  if (!file) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: the event of this CI run cannot be read: ${(error as Error).message}`, 3);
  }
}
