import { renameSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { type Change, exists, readText, writeText } from './change.ts';
import type { HookPlace } from './locate.ts';
import { type HookName, hookScript, type Installation, isOurs, KEPT_SUFFIX, RECORDED } from './script.ts';

/** Puts the hook where git looks for it. A hook that is there keeps its bytes and mode under another name and runs first. */
export function installPlain(hook: HookName, place: HookPlace, installation?: Installation): Change {
  if (OFF.has(place.hooksDir)) {
    throw new UserError(
      `core.hooksPath (${place.scope}) is set so that git runs no hooks. Run: git config --${place.scope} --unset core.hooksPath`,
    );
  }
  const change = installScript(join(place.hooksDir, hook), hook, isTracked(place) ? RECORDED : installation);
  if (place.scope === 'global' || place.scope === 'system') {
    change.note = `core.hooksPath (${place.scope}) makes this folder serve all repositories of ${place.scope === 'global' ? 'yours' : 'this machine'}`;
  }
  return change;
}

/** Where `core.hooksPath` leads when it is empty, or the null device: the usual ways to turn hooks off. */
const OFF = new Set(['/', '/dev/null']);

/** @param file the hook's own path */
export function installScript(
  file: string,
  hook: HookName,
  installation?: Installation | typeof RECORDED,
): Change {
  const kept = file + KEPT_SUFFIX;
  const before = exists(file) ? (readText(file) ?? '') : undefined;
  let note: string | undefined;
  if (before !== undefined && !isOurs(before)) {
    if (exists(kept)) {
      throw new UserError(
        `${file}: ${kept} is in the way: it was kept by an earlier install. Move one of the two away`,
      );
    }
    renameSync(file, kept);
    note = `the hook that was here runs first, from ${kept}`;
  }
  const change = writeText(file, hookScript(hook, installation), 0o755);
  return { ...change, ...(note && { did: 'changed', note }) };
}

/** Takes the hook away and puts back what was there before. */
export function uninstallScript(file: string): Change {
  const text = exists(file) ? readText(file) : undefined;
  if (text === undefined || !isOurs(text)) return { file, did: 'unchanged' };
  const kept = file + KEPT_SUFFIX;
  if (exists(kept)) {
    renameSync(kept, file);
    return { file, did: 'restored' };
  }
  rmSync(file);
  return { file, did: 'removed' };
}

/** A hooks folder in the work tree is committed: a path of this machine has no place in it. */
export function isTracked({ root, hooksDir, ownHooksDir }: HookPlace): boolean {
  const inside = relative(root, hooksDir);
  return hooksDir !== ownHooksDir && !inside.startsWith('..') && !inside.split(sep).includes('.git');
}
