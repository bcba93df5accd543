import { decodeAwsKeyId } from '../../src/engine/facts/aws-key-id.ts';
import { fingerprintOf } from '../../src/engine/fingerprint.ts';
import type { Finding } from '../../src/model/finding.ts';
import { Secret } from '../../src/model/secret.ts';

/** A finding as a scan makes it of an access key pair, the secret one line below the id unless said otherwise. */
export function pairFinding(
  { id, secret, token }: { id: string; secret: string; token?: string },
  { facts, ...parts }: Partial<Finding> = {},
  line = 2,
): Finding {
  const decoded = decodeAwsKeyId(id);
  return {
    rule: 'aws-access-key',
    vendor: 'AWS',
    title: 'AWS access key pair',
    severity: 'critical',
    confidence: 'high',
    fingerprint: fingerprintOf(parts.rule ?? 'aws-access-key', secret, id),
    secret: Secret.of(secret),
    entropy: 4.8,
    pair: { id, idLine: 1, secret: Secret.of(secret), sessionToken: token ? Secret.of(token) : undefined },
    facts: {
      keyId: id,
      ...(decoded && { generation: decoded.generation }),
      ...(decoded?.accountId && { accountId: decoded.accountId }),
      ...facts,
    },
    places: [
      {
        path: 'deploy/.env',
        line,
        column: 1,
        endLine: line,
        endColumn: 41,
        snippet: 'AWS_SECRET_ACCESS_KEY=********',
      },
    ],
    ...parts,
  };
}
