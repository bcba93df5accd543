import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { GitOptions } from '../run.ts';
import { exists, readText } from './change.ts';
import { huskyFile } from './husky.ts';
import { lefthookFile } from './lefthook.ts';
import { type HookPlace, LEFTHOOK_FILES, locateHooks, PRE_COMMIT_FILE } from './locate.ts';
import { type HookName, isOurs } from './script.ts';

/** What stands between a commit and its scan. */
export interface HookCheck {
  hook: HookName;
  /** The file that git runs, or would run. */
  file: string;
  place: HookPlace;
  /** Why the hook does not run, or not as it should; each with its remedy. */
  problems: string[];
  /** Whether there is a hook that git runs at all. */
  runs: boolean;
}

type Options = Pick<GitOptions, 'cwd' | 'env'>;

/** Looks at the hook as git would, without running it. */
export function checkHook(hook: HookName, options: Options): HookCheck {
  const place = locateHooks(options);
  const file = join(place.hooksDir, hook);
  const problems = [
    ...findShadows(hook, file, place),
    ...findFaults(hook, file, place, options),
    ...findSwitches(place, options.env),
  ];
  return { hook, file, place, problems, runs: exists(file) && isExecutable(file) };
}

/** A hook of unleak that git does not look at, because something else decides where hooks are. */
function findShadows(hook: HookName, file: string, place: HookPlace): string[] {
  const { root, hooksDir, ownHooksDir, scope, manager } = place;
  const problems: string[] = [];
  const own = join(ownHooksDir, hook);
  if (hooksDir !== ownHooksDir && isOurs(readText(own) ?? '')) {
    problems.push(
      `${own} is never run: core.hooksPath (${scope}) sends git to ${hooksDir}. Run unleak install again, or: git config --${scope} --unset core.hooksPath`,
    );
  }
  if (manager === 'husky' && existsSync(huskyFile(hook, root)) && !/[/\\]\.husky([/\\]_)?$/.test(hooksDir)) {
    problems.push(`${huskyFile(hook, root)} is never run: husky is not set up in this clone. Run: npx husky`);
  }
  const configured = [...LEFTHOOK_FILES, PRE_COMMIT_FILE].find((name) =>
    readText(join(root, name))?.includes('unleak hook'),
  );
  if (configured && !exists(file)) {
    const mend =
      configured === PRE_COMMIT_FILE ? `pre-commit install --hook-type ${hook}` : 'lefthook install';
    problems.push(`${configured} names unleak, but its hook is not in place. Run: ${mend}`);
  }
  return problems;
}

function findFaults(hook: HookName, file: string, place: HookPlace, { env }: Options): string[] {
  if (!exists(file)) return [`${file}: there is no such hook. Run: unleak install ${hook}`];
  const problems: string[] = [];
  const text = readFileSync(file, 'latin1');
  if (!isExecutable(file))
    problems.push(`${file} is not executable, so git ignores it. Run: chmod +x '${file}'`);
  const [first] = text.split('\n', 1);
  if (first.startsWith('#!') && first.endsWith('\r')) {
    problems.push(`${file} has Windows line ends, so its interpreter is not found. Convert it to LF`);
  } else if (first.startsWith('#!')) {
    const interpreter = first.slice(2).trim().split(/\s+/);
    const program = /\/env$/.test(interpreter[0]) ? interpreter.at(-1)! : interpreter[0];
    if (!isProgram(program, env.PATH ?? ''))
      problems.push(`${file} asks for ${program}, which is not installed`);
  } else {
    problems.push(
      `${file} does not begin with #!, so it does not run everywhere. Put #!/bin/sh on its first line`,
    );
  }
  const source = sourceOf(hook, file, place);
  if (!readText(source)?.includes('unleak')) {
    problems.push(`${source} does not run unleak. Run: unleak install ${hook}`);
  }
  if (/\bnpx\b/.test(text) && !isProgram('npx', env.PATH ?? '')) {
    problems.push(`${file} runs npx, which is not on the PATH`);
  }
  return problems;
}

/** The file that says what the hook does: a manager's own script only hands over to it. */
function sourceOf(hook: HookName, file: string, { manager, root }: HookPlace): string {
  if (manager === 'husky') return huskyFile(hook, root);
  if (manager === 'lefthook') return lefthookFile(root);
  return manager === 'pre-commit' ? join(root, PRE_COMMIT_FILE) : file;
}

/** Variables that turn hook managers off. */
function findSwitches({ manager }: HookPlace, env: Options['env']): string[] {
  const off = {
    husky: env.HUSKY === '0' && 'HUSKY=0',
    lefthook: env.LEFTHOOK === '0' && 'LEFTHOOK=0',
    'pre-commit': env.SKIP?.split(',').some((id) => id.startsWith('unleak')) && `SKIP=${env.SKIP}`,
    git: false,
  }[manager];
  return off ? [`${off} in the environment turns the hook off`] : [];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isProgram(name: string, path: string): boolean {
  if (name.includes('/')) return isExecutable(name);
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, name)));
}
