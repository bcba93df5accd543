import type { Finding } from '../model/finding.ts';
import type { RuleDetails } from '../rules/rule.ts';

/** What its holder should do about a finding. */
export interface Remedy {
  steps: string[];
  /** Where the vendor ends the secret. */
  url?: string;
  /** A command line of unleak that does the work. */
  command?: string;
}

/** Only this form may become part of a command that a reader copies: a report's own words may be hostile. */
const AWS_KEY_ID = /^A[KS]IA[A-Z2-7]{16}$/;

export function findRemedy(finding: Finding, details: RuleDetails | undefined): Remedy {
  const state = finding.verdict?.state;
  const respond = details?.respond;
  const url = respond?.url && /^https:\/\//.test(respond.url) ? respond.url : undefined;
  if (state === 'canary') return { steps: ['This is a canary: using it warns its owner. Leave it alone.'] };
  if (state === 'inactive' || state === 'expired') {
    return { steps: ['It no longer works. Take it out of the code, or accept it in the baseline.'] };
  }
  const keyId = finding.pair?.id ?? finding.facts.keyId;
  const command =
    typeof keyId === 'string' && AWS_KEY_ID.test(keyId) ? `unleak respond plan --key ${keyId}` : undefined;
  return { steps: respond?.steps ?? GENERAL, url, command };
}

const GENERAL = [
  'Revoke it where it was issued: removing it from the code does not end it.',
  'Issue a new one and keep it outside the repository.',
];
