import { type Confidence, type Finding, SEVERITIES, type Severity } from '../model/finding.ts';
import type { RuleDetails } from '../rules/rule.ts';
import { escapeMarkdown } from './markdown-text.ts';
import { findRemedy } from './remedy.ts';

export const LEVELS: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** GitHub shows 9.0 and more as critical, 7.0 as high, 4.0 as medium, anything above 0 as low. */
const SECURITY_SEVERITY: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  info: '0.1',
};

/** The rules that found something, in order of first use, with the help that code scanning shows beside an alert. */
export function describeRules(findings: readonly Finding[], details: ReadonlyMap<string, RuleDetails>) {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.rule);
    if (group) group.push(finding);
    else groups.set(finding.rule, [finding]);
  }
  return [...groups].map(([id, group]) => describeRule(id, group, details.get(id)));
}

function describeRule(id: string, findings: Finding[], details: RuleDetails | undefined) {
  const [{ title, vendor }] = findings;
  const severity = highest(findings);
  const opens = details?.opens ?? `${title}: whoever holds it can use it.`;
  const help = describeHelp(findings, details, opens);
  const docs = details?.docs;
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: title },
    fullDescription: { text: opens },
    ...(docs && /^https?:\/\//.test(docs) && { helpUri: docs }),
    help,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ['security', 'secret', vendor],
      precision: PRECISION[bestConfidence(findings)],
      'problem.severity': { error: 'error', warning: 'warning', note: 'recommendation' }[LEVELS[severity]],
      'security-severity': SECURITY_SEVERITY[severity],
    },
  };
}

const PRECISION: Record<Confidence, string> = { high: 'very-high', medium: 'high', low: 'medium' };

function describeHelp([finding]: Finding[], details: RuleDetails | undefined, opens: string) {
  // The remedy of the rule, so without the state and the ids of any one finding.
  const { steps, url } = findRemedy({ ...finding, verdict: undefined, pair: undefined, facts: {} }, details);
  const numbered = (show: (text: string) => string) =>
    steps.map((step, index) => `${index + 1}. ${show(step)}`).join('\n');
  const links = [url && `[Revoke it](${url})`, details?.docs && `[About this format](${details.docs})`];
  return {
    text: `${opens}\n\nWhat to do:\n${numbered((step) => step)}`,
    markdown: [
      escapeMarkdown(opens),
      `**What to do**\n\n${numbered(escapeMarkdown)}`,
      links.filter((link) => link).join(' · '),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

function highest(findings: Finding[]): Severity {
  return SEVERITIES[Math.max(...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))];
}

function bestConfidence(findings: Finding[]): Confidence {
  if (findings.some(({ confidence }) => confidence === 'high')) return 'high';
  return findings.some(({ confidence }) => confidence === 'medium') ? 'medium' : 'low';
}

/** SARIF asks for a readable name without spaces: `aws-access-key` -> `AwsAccessKey`. */
function pascalCase(id: string): string {
  return id.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
