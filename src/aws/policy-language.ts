/** IAM's policy language, as much of it as says what an identity may do. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface Statement {
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, unknown>;
}

export interface Policy {
  /** Name or ARN, and through what it is held: `group admins`. */
  name: string;
  via: 'user' | 'group' | 'role' | 'boundary';
  statements: Statement[];
}

/** What the policies together say of an action. `conditional`: only when conditions hold that cannot be judged from here, or on some resources. */
export type Grant = 'no' | 'conditional' | 'yes';

/** @param document percent-encoded JSON, as IAM returns it, or plain JSON */
export function readPolicy(document: string, name: string, via: Policy['via']): Policy {
  const text = document.trimStart().startsWith('{') ? document : decodeURIComponent(document);
  const { Statement = [] } = JSON.parse(text) as { Statement?: Statement | Statement[] };
  return { name, via, statements: Array.isArray(Statement) ? Statement : [Statement] };
}

/**
 * Whether an identity with these policies may do an action. A Deny wins over every Allow, a boundary limits what the other
 * policies allow, groups count like the user's own. Service control policies and resource policies are not seen from here.
 */
export function grantOf(action: string, policies: Policy[]): { grant: Grant; by?: string } {
  const boundary = policies.filter(({ via }) => via === 'boundary');
  const identity = policies.filter(({ via }) => via !== 'boundary');
  const allowed = strongest(action, identity, 'Allow');
  if (allowed.grant === 'no') return { grant: 'no' };
  const denied = strongest(action, policies, 'Deny');
  if (denied.grant === 'yes') return { grant: 'no' };
  const limited: Grant = boundary.length > 0 ? strongest(action, boundary, 'Allow').grant : 'yes';
  if (limited === 'no') return { grant: 'no' };
  const isPlain = allowed.grant === 'yes' && limited === 'yes' && denied.grant === 'no';
  return { grant: isPlain ? 'yes' : 'conditional', by: allowed.by };
}

function strongest(
  action: string,
  policies: Policy[],
  effect: Statement['Effect'],
): { grant: Grant; by?: string } {
  let found: { grant: Grant; by?: string } = { grant: 'no' };
  for (const { name, statements } of policies) {
    for (const statement of statements) {
      if (statement.Effect !== effect || !coversAction(action, statement)) continue;
      if (isUnlimited(statement)) return { grant: 'yes', by: name };
      found = { grant: 'conditional', by: name };
    }
  }
  return found;
}

function coversAction(action: string, { Action, NotAction }: Statement): boolean {
  if (NotAction !== undefined) return !listOf(NotAction).some((pattern) => matches(pattern, action));
  return listOf(Action).some((pattern) => matches(pattern, action));
}

function isUnlimited({ Resource, NotResource, Condition }: Statement): boolean {
  const everywhere =
    NotResource === undefined &&
    listOf(Resource ?? '*').some((resource) => /^(?:\*|arn:[\w*-]+:[\w*-]+:\*:\*:\*)$/.test(resource));
  return everywhere && Object.keys(Condition ?? {}).length === 0;
}

/** `*` is any run, `?` one character; actions know no case. Matched by hand, because a pattern of another's policy must not become a costly expression. */
export function matches(pattern: string, text: string): boolean {
  const [wild, plain] = [pattern.toLowerCase(), text.toLowerCase()];
  let at = 0;
  let from = 0;
  let star = -1;
  let resume = 0;
  while (from < plain.length) {
    if (at < wild.length && wild[at] === '*') {
      star = at++;
      resume = from;
    } else if (at < wild.length && (wild[at] === '?' || wild[at] === plain[from])) {
      at++;
      from++;
    } else if (star >= 0) {
      at = star + 1;
      from = ++resume;
    } else return false;
  }
  while (wild[at] === '*') at++;
  return at === wild.length;
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
