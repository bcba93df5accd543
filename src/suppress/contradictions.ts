import { UserError } from '../model/errors.ts';
import type { ConfigFile } from './config-file.ts';

/**
 * Refuses a file whose own settings undo each other: which of them was meant, nobody can tell. What a file says against one
 * that it extends is no contradiction.
 * @throws {UserError} naming both places
 */
export function refuseContradictions({ data, place }: ConfigFile): void {
  const severe = Object.keys(data.severity ?? {});
  for (const [index, id] of (data['rules-off'] ?? []).entries()) {
    if (severe.includes(id)) {
      throw new UserError(
        `${place(['rules-off', index])}: rule ${id} is off, and ${place(['severity', id])} gives it a severity: keep one of them`,
      );
    }
  }
  const denied = data.verify?.['deny-accounts'] ?? [];
  for (const [index, account] of (data.verify?.['allow-accounts'] ?? []).entries()) {
    if (denied.includes(account)) {
      throw new UserError(
        `${place(['verify', 'allow-accounts', index])}: account ${account} is denied at ${place(['verify', 'deny-accounts', denied.indexOf(account)])}: keep one of them`,
      );
    }
  }
  for (const [index, { exclude, match: _, ...settings }] of (data.paths ?? []).entries()) {
    const [other] = Object.keys(settings);
    if (exclude && other) {
      throw new UserError(
        `${place(['paths', index, other])}: ${other} for paths that exclude leaves out: keep one of them`,
      );
    }
  }
}
