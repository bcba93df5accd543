import { z } from 'zod';
import { CONFIDENCES, SEVERITIES, VERDICT_STATES } from '../model/finding.ts';
import { REPORT_SCHEMA_VERSION } from '../model/report.ts';

const text = z.string();
const whole = z.int().min(0);
const position = z.int().min(1);

/** Unknown fields are let through: a newer unleak may add some without raising the version. */
const place = z.looseObject({
  path: text.describe(
    '`/`-separated: relative to the current directory for scan, to the root of the repository for git commands. Bytes that are not UTF-8 are percent-encoded.',
  ),
  pathBytes: z.base64().optional().describe('The bytes of the path, when they are not UTF-8.'),
  line: position.describe('From 1.'),
  column: position.describe('From 1, in characters of the line as decoded.'),
  endLine: position,
  endColumn: position.describe('The column after the last character.'),
  commit: text
    .optional()
    .describe('The commit (or tag, note, stash) that first brought the secret to this path.'),
  author: text.optional(),
  email: text.optional(),
  date: text.optional().describe("ISO 8601 with the author's offset."),
  message: text.optional().describe("The commit's subject."),
  inHead: z.boolean().optional().describe('Whether HEAD still holds the secret at this path.'),
  reachable: z.boolean().optional().describe('False when no ref leads to the commit.'),
  refs: z.array(text).optional().describe('Refs whose history holds the secret, capped.'),
  lastCommit: text.optional().describe('The last commit in which the path still held it.'),
  decoded: z.array(text).optional().describe('The layers of encoding it was found under, outermost first.'),
  snippet: text.describe(
    'The line, cut around the secret, every secret in it masked unless scan.revealed is true.',
  ),
});

const finding = z.looseObject({
  rule: text,
  vendor: text,
  title: text,
  severity: z.enum(SEVERITIES),
  confidence: z.enum(CONFIDENCES),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{20}$/)
    .describe('Hex digits of an HMAC over rule and secret: stable over machines and moves.'),
  secret: text.describe(
    'A mask of fixed width, with at most the vendor prefix and the last four characters, unless scan.revealed is true.',
  ),
  entropy: z.number().min(0).describe('Shannon entropy of the secret in bits per character.'),
  pair: z
    .looseObject({
      id: text,
      idLine: position.optional().describe('The line where the id stands, in the file of the first place.'),
      secret: text,
      sessionToken: text.optional(),
    })
    .optional()
    .describe('The parts of a credential that only work together.'),
  facts: z
    .record(text, z.union([text, z.number(), z.boolean()]))
    .describe('What is known without asking anybody, such as accountId.'),
  verdict: z
    .looseObject({
      state: z.enum(VERDICT_STATES),
      reason: text.optional(),
      checkedAt: text.optional().describe('ISO 8601, UTC.'),
      identity: z.record(text, text).optional().describe('What the issuer told of the owner.'),
    })
    .optional()
    .describe('What verification said.'),
  suppressed: z
    .looseObject({ by: z.enum(['baseline', 'comment', 'config']), reason: text.optional() })
    .optional()
    .describe('Why the finding does not count. Only with --show-suppressed.'),
  places: z.array(place).min(1),
});

/** The JSON report. `docs/report.schema.json` is made from this by `npx vitest run test/report/json.test.ts -u`. */
export const reportSchema = z.looseObject({
  schemaVersion: z
    .literal(REPORT_SCHEMA_VERSION)
    .describe('Raised when a field changes its meaning or goes.'),
  tool: z.looseObject({ name: text, version: text }),
  scan: z.looseObject({
    source: text.describe('What was scanned, in words of the command line.'),
    started: text.describe('ISO 8601, UTC.'),
    durationMs: z.number().min(0),
    bytes: whole,
    blobs: whole,
    commits: whole,
    rules: whole,
    complete: z
      .boolean()
      .describe('False when something could not be read: a clean result is then no proof.'),
    skipped: z.array(z.looseObject({ path: text, reason: text })),
    suppressed: z.looseObject({ baseline: whole, comment: whole, config: whole }),
    narrowed: z.array(text).optional().describe('How the scan was narrowed: to paths, rules, a branch.'),
    revealed: z.boolean().optional().describe('True when secrets and snippets are written as they are.'),
  }),
  findings: z.array(finding),
});

/** JSON Schema 2020-12 for other programs. */
export function publishedSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(reportSchema, { target: 'draft-2020-12' });
  return {
    $schema,
    $id: `urn:unleak:report:${REPORT_SCHEMA_VERSION}`,
    title: `unleak report, version ${REPORT_SCHEMA_VERSION}`,
    ...schema,
  };
}
