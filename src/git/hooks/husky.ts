import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Change, readText, writeText } from './change.ts';
import { insertBlock, removeBlock } from './marked-block.ts';
import { type HookName, hookLines, readsInput } from './script.ts';

/** The block's name when the whole file is unleak's, so that uninstall takes the file away. */
const WHOLE_FILE = 'file';

/**
 * husky runs `.husky/<hook>` with `sh -e` from the root of the repository.
 * @see https://typicode.github.io/husky/how-to.html
 */
export function installHusky(hook: HookName, root: string): Change {
  const file = huskyFile(hook, root);
  const before = readText(file);
  const text = removeBlock(removeBlock(before ?? '', hook), WHOLE_FILE);
  const name = before === undefined || removeBlock(before, WHOLE_FILE) !== before ? WHOLE_FILE : hook;
  const change = writeText(
    file,
    insertBlock(text, { name, lines: hookLines(hook), at: placeIn(text, hook) }),
    before === undefined ? 0o755 : undefined,
  );
  return change;
}

export function uninstallHusky(hook: HookName, root: string): Change {
  const file = huskyFile(hook, root);
  const before = readText(file);
  if (before === undefined) return { file, did: 'unchanged' };
  const text = removeBlock(removeBlock(before, hook), WHOLE_FILE);
  if (text === '' && removeBlock(before, WHOLE_FILE) !== before) {
    rmSync(file);
    return { file, did: 'removed' };
  }
  return { ...writeText(file, text), did: text === before ? 'unchanged' : 'restored' };
}

export function huskyFile(hook: HookName, root: string): string {
  return join(root, '.husky', hook);
}

/**
 * At the end, where earlier commands (formatters that stage again) have had their turn; at the start when a command before
 * it may end the script, or read what git tells on standard input.
 */
function placeIn(text: string, hook: HookName): number {
  if (!readsInput(hook) && !/^\s*(exec|exit)\b/m.test(text)) return text.length;
  // Before version 9 the script starts itself anew in the line that reads husky.sh.
  const head = /^(#!.*\n)?((.*\n)*?.*husky\.sh.*\n)?/.exec(text);
  return head ? head[0].length : 0;
}
