import type { Suppressed } from '../model/finding.ts';
import { type CommentLines, findAllowance } from './allow-comments.ts';
import type { Config } from './config.ts';

/** What the engine asks for each match while it has its text; the answer goes into `place.allowed`. */
export type AllowPlace = (lines: CommentLines, rule: string, secret: string) => Suppressed | undefined;

/** Longer lines are data or minified code: a line pattern is tried on so much of them, in characters. */
const MAX_LINE = 1000;

/** The judge of the text around a match: allow comments, and the configuration's `line-pattern`s. */
export function allowPlacesBy(config: Config): AllowPlace {
  const allow = config.allow
    .filter(({ linePattern }) => linePattern !== undefined)
    .map((rule) => ({
      ...rule,
      line: new RegExp(rule.linePattern!),
      secretRe: rule.secretPattern === undefined ? undefined : new RegExp(rule.secretPattern),
    }));
  return (lines, rule, secret) => {
    const comment = findAllowance(lines, rule, config.foreignTools);
    if (comment) return { by: 'comment', reason: comment.reason ?? comment.tag };
    const found = allow.find(
      (one) =>
        (!one.rule || one.rule === rule) &&
        (!one.secretRe || one.secretRe.test(secret)) &&
        one.line.test(lines.line.slice(0, MAX_LINE)),
    );
    return found && { by: 'config', reason: found.reason };
  };
}
