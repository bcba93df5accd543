import { join } from 'node:path';
import { isMap, isSeq, parseDocument } from 'yaml';
import { UserError } from '../../model/errors.ts';
import { type Change, readText, writeText } from './change.ts';
import { PRE_COMMIT_FILE } from './locate.ts';
import { insertBlock, removeBlock } from './marked-block.ts';
import type { HookName } from './script.ts';

/**
 * Adds a local hook to the configuration of the pre-commit framework. The text around it stays as it is.
 * @throws {UserError} when the file's form leaves no place for it; the message has the lines to add by hand
 * @see https://pre-commit.com/#repository-local-hooks
 */
export function installFramework(hook: HookName, root: string): Change {
  const file = join(root, PRE_COMMIT_FILE);
  const before = readText(file) ?? '';
  const change = writeText(file, insertRepo(before, hook, file));
  if (change.did === 'unchanged') return change;
  return { ...change, note: `run pre-commit install --hook-type ${hook} if its hook is not in place` };
}

export function uninstallFramework(hook: HookName, root: string): Change {
  const file = join(root, PRE_COMMIT_FILE);
  const before = readText(file);
  if (before === undefined) return { file, did: 'unchanged' };
  const text = removeBlock(before, hook);
  return { ...writeText(file, text), did: text === before ? 'unchanged' : 'restored' };
}

function insertRepo(text: string, hook: HookName, file: string): string {
  if (hasHook(text, hook)) return text;
  const document = parseDocument(text);
  const repos = isMap(document.contents) ? document.contents.get('repos', true) : undefined;
  let result: string | undefined;
  if (document.errors.length === 0 && document.contents === null) {
    result = insertBlock(text, { name: hook, at: text.length, lines: ['repos:', ...repoLines(hook)] });
  } else if (document.errors.length === 0 && isSeq(repos) && !repos.flow && repos.range) {
    // Before the first entry: the end of a list is hard to tell from the comments after it.
    const at = text.lastIndexOf('\n', repos.range[0]) + 1;
    const indent = text.slice(at, repos.range[0]);
    if (/^[ \t]*$/.test(indent))
      result = insertBlock(text, { name: hook, at, indent, lines: repoLines(hook) });
  }
  if (!result || !hasHook(result, hook)) {
    throw new UserError(
      `${file}: there is no place here that unleak can write to. Add this yourself, under repos:\n${repoLines(hook).join('\n')}`,
    );
  }
  return result;
}

/** `pass_filenames` lets the hook see that it is run for all files; `require_serial` keeps it one process. */
function repoLines(hook: HookName): string[] {
  return [
    '- repo: local',
    '  hooks:',
    `    - id: unleak${hook === 'pre-commit' ? '' : `-${hook}`}`,
    '      name: unleak',
    `      entry: npx --no-install unleak hook ${hook}`,
    '      language: system',
    `      stages: [${hook}]`,
    '      always_run: true',
    '      require_serial: true',
    ...(hook === 'pre-push' ? ['      pass_filenames: false'] : []),
  ];
}

function hasHook(text: string, hook: HookName): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0) return false;
  const repos: { hooks?: { entry?: string }[] }[] = document.toJS()?.repos ?? [];
  return repos.some(({ hooks }) => hooks?.some(({ entry }) => entry?.endsWith(`unleak hook ${hook}`)));
}
