import { z } from 'zod';

/**
 * What this reads of a gitleaks configuration (https://github.com/gitleaks/gitleaks#configuration), which betterleaks' shares.
 * Loose, as foreign keys are explained one by one and not refused.
 */

const texts = z.array(z.string());

const allowlist = z.looseObject({
  description: z.string().optional(),
  condition: z.string().optional(),
  regexTarget: z.string().optional(),
  regexes: texts.optional(),
  paths: texts.optional(),
  commits: texts.optional(),
  stopwords: texts.optional(),
  targetRules: texts.optional(),
});

const rule = z.looseObject({
  id: z.string(),
  description: z.string().optional(),
  regex: z.string().optional(),
  path: z.string().optional(),
  secretGroup: z.int().min(0).optional(),
  entropy: z.number().optional(),
  keywords: texts.optional(),
  tags: texts.optional(),
  skipReport: z.boolean().optional(),
  required: z
    .array(
      z.looseObject({ id: z.string(), withinLines: z.int().optional(), withinColumns: z.int().optional() }),
    )
    .optional(),
  allowlist: allowlist.optional(),
  allowlists: z.union([z.array(allowlist), allowlist]).optional(),
});

export const gitleaksFile = z.looseObject({
  title: z.string().optional(),
  description: z.string().optional(),
  extend: z
    .looseObject({
      useDefault: z.boolean().optional(),
      path: z.string().optional(),
      disabledRules: texts.optional(),
    })
    .optional(),
  rules: z.array(rule).optional(),
  allowlist: allowlist.optional(),
  allowlists: z.array(allowlist).optional(),
});

export type GitleaksFile = z.infer<typeof gitleaksFile>;
export type GitleaksRule = z.infer<typeof rule>;
export type GitleaksAllowlist = z.infer<typeof allowlist>;

/** Keys that are read, by table; others are explained. */
export const KNOWN = {
  file: Object.keys(gitleaksFile.shape),
  extend: Object.keys(gitleaksFile.shape.extend.unwrap().shape),
  rule: Object.keys(rule.shape),
  allowlist: Object.keys(allowlist.shape),
};
