import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import { UserError } from '../../model/errors.ts';
import { type Change, readText, writeText } from './change.ts';
import { LEFTHOOK_FILES } from './locate.ts';
import { insertBlock, removeBlock } from './marked-block.ts';
import type { HookName } from './script.ts';

/** What lefthook puts for its own arguments, and whether git tells the hook something on standard input. */
const CALLS: Record<HookName, { args: string; stdin?: boolean }> = {
  'pre-commit': { args: '' },
  'commit-msg': { args: ' {1}' },
  'pre-push': { args: ' {1} {2}', stdin: true },
  'pre-receive': { args: '', stdin: true },
};

/**
 * Adds a command to the hook in lefthook's configuration. The text around it stays as it is, comments and all.
 * @throws {UserError} when the file's form leaves no place for it; the message has the lines to add by hand
 * @see https://lefthook.dev/configuration/
 */
export function installLefthook(hook: HookName, root: string): Change {
  const file = lefthookFile(root);
  const before = readText(file) ?? '';
  const text = insertCall(before, hook, file);
  const change = writeText(file, text);
  return change.did === 'unchanged'
    ? change
    : { ...change, note: 'run lefthook install if its hooks are not in place' };
}

export function uninstallLefthook(hook: HookName, root: string): Change {
  const file = lefthookFile(root);
  const before = readText(file);
  if (before === undefined) return { file, did: 'unchanged' };
  const text = removeBlock(before, hook);
  return { ...writeText(file, text), did: text === before ? 'unchanged' : 'restored' };
}

export function lefthookFile(root: string): string {
  const name = LEFTHOOK_FILES.find((candidate) => existsSync(join(root, candidate))) ?? 'lefthook.yml';
  return join(root, name);
}

function insertCall(text: string, hook: HookName, file: string): string {
  if (hasCall(text, hook)) return text;
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const byHand = new UserError(
    `${file}: there is no place here that unleak can write to. Add this yourself:\n${[`${hook}:`, ...callLines(hook, 'commands')].join('\n')}`,
  );
  if (!/\.ya?ml$/.test(file) || document.errors.length > 0) throw byHand;
  const result = placeCall(text, hook, document, lineCounter);
  if (!result || !hasCall(result, hook)) throw byHand;
  return result;
}

function placeCall(
  text: string,
  hook: HookName,
  document: ReturnType<typeof parseDocument>,
  lineCounter: LineCounter,
): string | undefined {
  const top = document.contents;
  if (top === null)
    return insertBlock(text, {
      name: hook,
      at: text.length,
      lines: [`${hook}:`, ...callLines(hook, 'commands')],
    });
  if (!isMap(top) || top.flow) return undefined;
  const own = top.get(hook, true);
  if (own === undefined) {
    return insertBlock(text, {
      name: hook,
      at: text.length,
      lines: [`${hook}:`, ...callLines(hook, 'commands')],
    });
  }
  if (!isMap(own) || own.flow || !own.range) return undefined;
  for (const key of ['jobs', 'commands'] as const) {
    const list = own.get(key, true);
    if (list === undefined) continue;
    if (!(isMap(list) || isSeq(list)) || list.flow || !list.range) return undefined;
    const { at, indent } = lineAt(list.range[0], text, lineCounter);
    const lines = callLines(hook, key).slice(1);
    return insertBlock(text, { name: hook, at, indent, lines: lines.map((line) => line.slice(4)) });
  }
  const { at, indent } = lineAt(own.range[0], text, lineCounter);
  return insertBlock(text, {
    name: hook,
    at,
    indent,
    lines: callLines(hook, 'commands').map((line) => line.slice(2)),
  });
}

/** The line on which a node begins, and what stands before it: only white space, or the edit is not safe and fails its check. */
function lineAt(offset: number, text: string, lineCounter: LineCounter): { at: number; indent: string } {
  const { line } = lineCounter.linePos(offset);
  const at = lineCounter.lineStarts[line - 1];
  return { at, indent: /^[ \t]*/.exec(text.slice(at))![0] };
}

function callLines(hook: HookName, key: 'commands' | 'jobs'): string[] {
  const { args, stdin } = CALLS[hook];
  const run = `run: npx --no-install unleak hook ${hook}${args}`;
  const head =
    key === 'jobs'
      ? ['  jobs:', '    - name: unleak', `      ${run}`]
      : ['  commands:', '    unleak:', `      ${run}`];
  return stdin ? [...head, '      use_stdin: true'] : head;
}

function hasCall(text: string, hook: HookName): boolean {
  const document = parseDocument(text);
  if (document.errors.length > 0) return false;
  const { commands, jobs } = document.toJS()?.[hook] ?? {};
  const calls = [commands?.unleak, ...(Array.isArray(jobs) ? jobs : [])];
  return calls.some((call) => typeof call?.run === 'string' && call.run.includes(`unleak hook ${hook}`));
}
