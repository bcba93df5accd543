import { readFileSync } from 'node:fs';
import { UserError } from '../model/errors.ts';
import { PROVIDERS, planCi } from '../sources/ci/plan.ts';
import { resolvePlan } from '../sources/ci/resolve.ts';
import { readCommits } from '../sources/commits.ts';
import { readTree } from '../sources/tree.ts';
import type { Arguments, Io, Values } from './command.ts';
import type { RunScan } from './run-hook.ts';

/** What `unleak ci` does. */
export async function runCi(args: Arguments, io: Io, runScan: RunScan): Promise<number> {
  const { values } = args;
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
  return runScan(described, { positionals: [], values: withOutputs(values, plan.provider.outputs) }, io);
}

/** Unless the user chose: the report that the CI shows by itself, beside the text. */
function withOutputs(values: Values, outputs: string[]): Values {
  if (values.format !== undefined || values.output !== undefined || outputs.length === 0) return values;
  const [first] = outputs;
  return first.includes('=') ? { ...values, output: outputs } : { ...values, format: first };
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
