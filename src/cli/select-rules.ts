import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Rule } from '../rules/rule.ts';
import { idsOf } from '../rules/rule-index.ts';
import type { Values } from './command.ts';

/**
 * The rules that `--rule` and `--no-rule` leave.
 * @throws {UserError} for an id that neither a rule nor a service has
 */
export function selectRules(rules: Rule[], values: Values): Rule[] {
  const only = values.rule as string[] | undefined;
  const without = values['no-rule'] as string[] | undefined;
  if (!only && !without) return rules;
  const ids = idsOf(rules);
  for (const id of [...(only ?? []), ...(without ?? [])]) {
    if (ids.includes(id)) continue;
    const hint = nearest(id, ids);
    throw new UserError(
      `no rule is called ${id}: ${hint ? `did you mean ${hint}?` : 'unleak rules list shows all'}`,
    );
  }
  const both = only?.find((id) => without?.includes(id));
  if (both) throw new UserError(`--rule ${both} and --no-rule ${both}: give one of them`);
  const wanted = rules
    .filter((rule) => !without?.includes(rule.id))
    .map((rule) => keepServices(rule, (id) => !without?.includes(id) && (!only || only.includes(id))));
  if (!only) return wanted;
  // The parts of a pair come along, or the pair could not be told; so does the rule that finds what a service names.
  const parts = rules
    .filter((rule) => only.includes(rule.id))
    .flatMap((rule) => [...(rule.pair?.secret.rules ?? []), ...(rule.pair?.token?.rules ?? [])]);
  return wanted
    .filter((rule) => only.includes(rule.id) || parts.includes(rule.id) || rule.services?.length)
    .map((rule) => (only.includes(rule.id) ? rule : { ...rule, part: true }));
}

/** The rule, with those of its services that are kept. */
export function keepServices(rule: Rule, isKept: (id: string) => boolean): Rule {
  return rule.services ? { ...rule, services: rule.services.filter(isKept) } : rule;
}
