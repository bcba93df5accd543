import { z } from 'zod';
import { CONFIDENCES, SEVERITIES } from '../model/finding.ts';

/** The shape of a rule file (`rules/*.yaml`, and `rules:` of a user's configuration). Every object is strict: an unknown key is an error. */

const bytes = z.int().min(0).max(65536);
const keyword = z.string().regex(/^[\x20-\x7e]{3,64}$/, 'a keyword is 3 to 64 printable ASCII characters');

const checks = z.strictObject({
  entropy: z.number().min(0).max(8).optional(),
  randomness: z.number().min(0).max(1).optional(),
  words: z.literal(false).optional(),
  classes: z.array(z.enum(['upper', 'lower', 'digit', 'symbol', 'letter'])).optional(),
  checksum: z.string().optional(),
  structure: z.string().optional(),
  not: z.array(z.string()).optional(),
  near: z.array(z.string()).optional(),
  far: z.array(z.string()).optional(),
  value: z.enum(['password', 'token', 'url', 'argument', 'file', 'jwt']).optional(),
  placeholder: z.literal(false).optional(),
});

const pairPart = z.strictObject({
  rules: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  checks: checks.optional(),
  within: bytes,
});

const verify = z.strictObject({
  method: z.enum(['GET', 'POST']),
  url: z
    .string()
    .regex(/^https:\/\/[a-z0-9.-]+(?=[/?]|$)/, 'the URL begins with https:// and a literal host'),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  answers: z.array(
    z.strictObject({
      status: z.array(z.int().min(100).max(599)).min(1),
      body: z.string().optional(),
      state: z.enum(['active', 'inactive', 'expired']),
    }),
  ),
});

export const respond = z.strictObject({
  url: z.url({ protocol: /^https$/ }).optional(),
  steps: z.array(z.string()).min(1),
});

const example = z.union([z.string(), z.strictObject({ text: z.string(), path: z.string().optional() })]);

const rule = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is lower-case words joined by hyphens'),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  confidence: z.enum(CONFIDENCES),
  opens: z.string().optional(),
  docs: z.url({ protocol: /^https$/ }).optional(),
  keywords: z.array(keyword).min(1).optional(),
  /** Names that the variable holding the secret must contain; the pattern is then the value alone. `*` stands for up to 24 more characters of the identifier, `_` for any or no separator, a leading `^` for the beginning of a word. */
  named: z
    .array(
      z
        .string()
        .regex(/^\^?[A-Za-z0-9_*]{3,64}$/, 'a name is letters, digits, _ and *, with ^ at most before them'),
    )
    .min(1)
    .optional(),
  /** Instead of keywords: tried at the first byte of the files that `paths` names. */
  start: z.literal(true).optional(),
  pattern: z.string(),
  /** Tried where a match ended, and again where that one ends, for 64 KB: for lists. */
  next: z.string().optional(),
  caseless: z.boolean().optional(),
  /** What may not touch the match: `word` no letter or digit (the default), `base64` nor `+ / =`, `none` anything may. */
  boundary: z.enum(['word', 'base64', 'none']).optional(),
  span: z.union([bytes, z.tuple([bytes, bytes])]).optional(),
  prefix: z.string().max(24).optional(),
  checks: checks.optional(),
  paths: z.array(z.string()).min(1).optional(),
  pair: z
    .strictObject({
      secret: pairPart,
      token: pairPart.optional(),
      alone: z.boolean(),
      severity: z.enum(SEVERITIES),
      confidence: z.enum(CONFIDENCES),
    })
    .optional(),
  facts: z.array(z.string()).min(1).optional(),
  generic: z.boolean().optional(),
  public: z.boolean().optional(),
  part: z.boolean().optional(),
  /** A match that is named after a service of `rules/services/` is a finding of that service. */
  services: z.literal(true).optional(),
  verify: verify.optional(),
  respond: respond.optional(),
  /** Demanded of built-in rules. */
  examples: z.strictObject({ loud: z.array(example).min(1), quiet: z.array(example).min(1) }).optional(),
});

export const ruleFile = z.strictObject({
  vendor: z.string(),
  /** Defaults for the rules below. */
  opens: z.string().optional(),
  docs: z.url({ protocol: /^https$/ }).optional(),
  respond: respond.optional(),
  rules: z.array(rule).min(1),
});

export type RuleFile = z.infer<typeof ruleFile>;
export type RuleSource = RuleFile['rules'][number];
