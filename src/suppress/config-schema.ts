import { z } from 'zod';
import { CONFIDENCES, SEVERITIES } from '../model/finding.ts';
import { checkPattern } from '../rules/safe-pattern.ts';
import { FOREIGN_TOOLS } from './allow-comments.ts';
import { checkGlob } from './globs.ts';
import { parseSize } from './parse-size.ts';

/** The shape of `unleak.yaml`. Every object is strict, so that a misspelt key is an error and not a silent hole. */

const ruleId = z.string().min(1);
const glob = z.string().superRefine((text, context) => {
  const reason = checkGlob(text);
  if (reason) context.addIssue({ code: 'custom', message: `glob ${text} is refused: ${reason}` });
});
const globs = z.array(glob);
const pattern = z.string().superRefine((text, context) => {
  const reason = checkPattern(text, '');
  if (reason) context.addIssue({ code: 'custom', message: `pattern ${text} is refused: ${reason}` });
});
const severities = z.record(ruleId, z.enum(SEVERITIES));
const confidence = z.enum(CONFIDENCES);
const account = z
  .string()
  .regex(/^\d{12}$/, 'an AWS account id is 12 digits, quoted so that a leading 0 stays');
const host = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a host is a lower-case name without scheme or path');

const pathSettings = z.strictObject({
  match: globs.min(1).describe('Globs of the paths that these settings are for.'),
  'rules-off': z.array(ruleId).optional().describe('Rules that find nothing here.'),
  severity: severities.optional().describe('Severity of rules here.'),
  'min-confidence': confidence.optional().describe('Findings below this are left out here.'),
  exclude: z.boolean().optional().describe('True leaves these paths out altogether.'),
});

const allowance = z
  .strictObject({
    rule: ruleId.optional().describe('Only findings of this rule.'),
    path: glob.optional().describe('Only where it stands at these paths.'),
    'path-pattern': pattern
      .optional()
      .describe(
        'Only where this JavaScript pattern matches somewhere in the path; for what no glob can say.',
      ),
    'line-pattern': pattern
      .optional()
      .describe('Only on lines that this JavaScript pattern matches somewhere; not with path or commit.'),
    commit: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/, 'a commit is 7 to 64 hex digits')
      .optional()
      .describe('Only what this commit brought.'),
    'secret-pattern': pattern
      .optional()
      .describe('Only secrets that this JavaScript pattern matches somewhere; anchor it with ^ and $.'),
    fingerprint: z
      .string()
      .regex(/^[0-9a-f]{20}$/, 'a fingerprint is the 20 hex digits of the JSON report')
      .optional()
      .describe('Only the finding with this fingerprint.'),
    reason: z.string().min(1).describe('Why it is no leak. Shown with --show-suppressed.'),
  })
  .refine((a) => Object.keys(a).some((key) => key !== 'rule' && key !== 'reason'), {
    message:
      'it needs path, secret-pattern, line-pattern, commit or fingerprint: to turn a whole rule off use rules-off',
  })
  .refine((a) => !a['line-pattern'] || !(a.path ?? a['path-pattern'] ?? a.commit ?? a.fingerprint), {
    message:
      'line-pattern goes with rule and secret-pattern alone: the line is read before paths and commits are known',
  });

export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('The JSON Schema of this file, for editors.'),
  extends: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe(
      'Configuration files to build on, relative to this one; later ones win, this file wins over all. A .toml file is read as a gitleaks configuration.',
    ),
  'min-confidence': confidence.optional().describe('Findings below this are left out.'),
  'max-file-size': z
    .union([z.int().positive(), z.string()])
    .refine(
      (value) => parseSize(value) !== undefined,
      'a size is a number of bytes, or such as 500KB, 10MB, 1GiB',
    )
    .optional()
    .describe('Larger files are not read, and the report says so.'),
  exclude: globs.optional().describe('Globs of paths that are left out.'),
  rules: z
    .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
    .optional()
    .describe('Own rules: files (globs, relative to this file) or rules written here.'),
  'rules-off': z.array(ruleId).optional().describe('Rules that are not run.'),
  severity: severities.optional().describe('Severity of rules, where yours differs.'),
  paths: z.array(pathSettings).optional().describe('Settings for some paths.'),
  allow: z.array(allowance).optional().describe('Narrow allowances, each with its reason.'),
  baseline: z.string().optional().describe('The baseline file, relative to this one.'),
  'read-foreign-tags': z
    .union([z.boolean(), z.array(z.enum(FOREIGN_TOOLS))])
    .optional()
    .describe("Whether other tools' allow comments count, or of which tools."),
  'read-foreign-baselines': z
    .array(z.string())
    .optional()
    .describe(
      "Other tools' lists of accepted findings, relative to this file: .gitleaksignore, .secrets.baseline.",
    ),
  verify: z
    .strictObject({
      'allow-hosts': z
        .array(host)
        .optional()
        .describe('Hosts, beyond those of built-in rules, that may be asked.'),
      'allow-accounts': z
        .array(account)
        .optional()
        .describe('AWS accounts whose keys may be asked about; all others are left alone.'),
      'deny-accounts': z.array(account).optional().describe('AWS accounts whose keys are never asked about.'),
      'canary-accounts': z
        .array(account)
        .optional()
        .describe('AWS accounts of bait keys, besides the known ones: their keys are never touched.'),
    })
    .optional()
    .describe('What verification may do.'),
});

export type ConfigData = z.infer<typeof configSchema>;

/** The schema that editors read. */
export function configJsonSchema(): object {
  return { ...z.toJSONSchema(configSchema, { io: 'input' }), title: 'unleak configuration' };
}
