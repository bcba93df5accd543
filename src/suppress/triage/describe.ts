import type { Finding, Place } from '../../model/finding.ts';

/** More places than these tell a person nothing more. */
const SHOWN_PLACES = 5;

/** What one needs to decide, in plain text: rule, mask, facts, places with their line and its history. May hold hostile text. */
export function describeFinding(finding: Finding, number: number, total: number): string {
  const { title, rule, severity, confidence, secret, entropy, verdict, facts, pair, places } = finding;
  const lines = [
    `${number} of ${total}: ${title} (${rule})`,
    `${severity} severity, ${confidence} confidence${verdict ? `, ${verdict.state}${verdict.reason ? ` (${verdict.reason})` : ''}` : ''}`,
    `secret   ${secret.mask}, ${entropy.toFixed(1)} bits a character${pair ? `, of ${pair.id}` : ''}`,
    ...Object.entries(facts).map(([name, value]) => `${name.padEnd(8)} ${value}`),
    ...places.slice(0, SHOWN_PLACES).flatMap(describePlace),
  ];
  if (places.length > SHOWN_PLACES) lines.push(`and ${places.length - SHOWN_PLACES} more places`);
  return lines.join('\n');
}

function describePlace({
  path,
  line,
  column,
  snippet,
  commit,
  author,
  date,
  message,
  inHead,
}: Place): string[] {
  const history = commit
    ? `  ${commit.slice(0, 10)} ${[date?.slice(0, 10), author, message].filter(Boolean).join(', ')}${inHead === false ? ' (no longer in HEAD)' : ''}`
    : undefined;
  return [
    '',
    `${path}:${line}:${column}`,
    ...(history ? [history] : []),
    ...snippet.split('\n').map((text) => `  | ${text}`),
  ];
}
