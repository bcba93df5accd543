import type { Facts } from '../../model/finding.ts';
import type { FactSource } from './decode-facts.ts';

/** User, host and database of a URL with credentials, from the groups of its pattern. */
export function urlFacts({ groups }: FactSource): Facts {
  const { scheme, user, host } = groups;
  return { ...(scheme && { scheme: scheme.toLowerCase() }), ...(user && { user }), ...(host && { host }) };
}
