import type { Facts } from '../../model/finding.ts';
import { apiKeyFacts, keyIdFacts, partitionFacts, presignedFacts, sessionTokenFacts } from './aws.ts';
import { appSyncFacts, regionFacts, servicePasswordFacts, smtpFacts } from './aws-services.ts';
import { jwtFacts } from './jwt.ts';
import { pemFacts } from './pem.ts';
import { urlFacts } from './url.ts';

/** What a decoder looks at. */
export interface FactSource {
  secret: string;
  /** Other named groups of the rule's pattern. */
  groups: Record<string, string>;
  /** Text on either side of the secret, for hints. */
  around: string;
  /** The text that touches the secret, up to `reach` bytes before and after it. */
  beside(reach: number): [before: string, after: string];
  /** The scan's time, in milliseconds since 1970. */
  now: number;
}

/** Tells what a secret says without asking anybody. `expired: true` marks a credential that its own text says is over. */
export type FactDecoder = (source: FactSource) => Facts;

/** `facts` of a rule names these. */
export const FACT_DECODERS: Record<string, FactDecoder> = {
  'aws-key-id': keyIdFacts,
  'aws-partition': partitionFacts,
  'aws-session-token': sessionTokenFacts,
  'aws-api-key': apiKeyFacts,
  'aws-presigned': presignedFacts,
  'aws-region': regionFacts,
  'aws-appsync': appSyncFacts,
  'aws-ses-smtp': smtpFacts,
  'aws-service-password': servicePasswordFacts,
  jwt: jwtFacts,
  pem: pemFacts,
  url: urlFacts,
};

export function decodeFacts(names: string[] | undefined, source: FactSource): Facts {
  return Object.assign({}, ...(names ?? []).map((name) => FACT_DECODERS[name](source)));
}
