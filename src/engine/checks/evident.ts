import type { ValueKind } from '../../rules/rule.ts';
import type { Assignment } from './assignment.ts';
import type { FileRole } from './file-role.ts';
import { looksDrawn } from './random-value.ts';
import { readWording } from './vocabulary.ts';
import { wordness } from './words.ts';

/**
 * Whether name, place and form leave no doubt that a value is a secret, whatever the scorer says. The data that it learned from
 * has random letters where people's passwords stood, so it takes `Hunter327` for a word.
 */
export function isEvident(kind: ValueKind, value: string, at: Assignment, role: FileRole): boolean {
  if (kind === 'url') return isChosen(value) && isRealHost(at.after) && role.kind !== 'text';
  if (kind === 'token')
    return TOKEN_NAME.test(at.name) && !/^[0-9a-fA-F-]+$/.test(value) && looksDrawn(value);
  return (
    kind === 'password' &&
    (role.kind !== 'code' ||
      (/["'`]$/.test(at.between) && /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)/.test(value) && wordness(value) < 0)) &&
    role.kind !== 'text' &&
    PASSWORD_NAME.test(at.name) &&
    isChosen(value)
  );
}

/** As people choose one: letters, and digits or signs after or among them, without spaces or what joins code. */
function isChosen(value: string): boolean {
  if (!/^(?=.*[A-Za-z])(?=.*[\d!@#$%^&*?])[\w!@#$%^&*?+.,~=-]{6,32}$/.test(value)) return false;
  // A version, or a range of them.
  if (/^[~^<>=v]{0,2}\d{1,4}\.\d/.test(value)) return false;
  // `admin2`, and `root123` once its signs are gone.
  return !/^[a-z]{1,6}\d{0,2}$/i.test(value) && !readWording(value.replace(/[!@#$%*?.]+/g, ' '));
}

function isRealHost(after: string): boolean {
  const host = /^@([\w.-]+)/.exec(after)?.[1] ?? '';
  return (
    /[A-Za-z][\w-]*\.[a-z]{2,10}$/.test(host) &&
    !/(?:^|\.)(?:example|test|invalid|localhost|local|domain|host|server|foo|bar|acme|company|your\w*|my\w*)\b/i.test(
      host,
    )
  );
}

const TOKEN_NAME =
  /(?:^|[_.-]|[a-z](?=[A-Z]))(?:(?:secret|encryption|signing|private|master)_?key|api_?key|secret|api_?secret|client_?secret|auth_?token|access_?token|api_?token|token|app_?secret)$/i;
const PASSWORD_NAME = /(?:^|[_.-]|[a-z](?=[A-Z]))(?:pass|passwd|passw(?:or)?d|pwd|userpassword)_{0,2}$/i;
