import fc from 'fast-check';
import { builtInExamples } from '../../../src/rules/catalogue.ts';
import { expandTemplate } from '../../../src/rules/templates.ts';

/** A piece of text: what kind, and a seed for what stands in it. */
export interface Segment {
  kind: number;
  seed: number;
}

/** One edit of a text. Positions and lengths are wrapped to what the text has. */
export interface Edit {
  kind: 'insert' | 'remove' | 'replace' | 'move' | 'copy';
  at: number;
  length: number;
  to: number;
  text: Segment;
}

const EXAMPLES = builtInExamples().flatMap(({ loud, quiet }) => [...loud, ...quiet].map(({ text }) => text));

/** Secrets of rules that look far, of decoders, and of pairs: where a delta is hardest to judge by its changes. */
const HARD = [
  'aws_access_key_id = {aws-id:AKIA}\n',
  'aws_secret_access_key = {aws-secret}\n',
  '[default]\naws_access_key_id = {aws-id:AKIA}\naws_secret_access_key = {aws-secret}\n',
  '"{aws-id:AKIA}","{aws-secret}"\n',
  'endpoint_url = https://minio.internal:9000\n',
  'secret_key = "{base62:40}"\n',
  '-----BEGIN PRIVATE KEY-----\n{base64:64}\n{base64:64}\n{base64:64}\n',
  '-----END PRIVATE KEY-----\n',
  'token: {base64-of:ghp_{base62:30}}\n',
  'data: {base64-of:password = hunter and a long text before the key: aws_secret_access_key = {aws-secret}}\n',
  'secret: {hex-of:api_key={base62:32}}\n',
  'url = https://u:{percent-of:{base62:20}}@example.org/\n',
  'tls.key: {base64-of:{pem:RSA PRIVATE KEY}}\n',
  '{pem:RSA PRIVATE KEY}\n',
  'dump: {hex-of:{base64:900} token=ghp_{base62:36} {base64:900}}\n',
  'dump: {base64-of:{hex:1200} aws_secret_access_key = {aws-secret} {hex:900}}\n',
  'Bearer {jwt}\n',
  'password: {hex:16}',
  '{base64:300}',
  '{base64:1200}',
  '"{base62:12}" + "{base62:20}"\n',
  '"ghp_" +\n',
  'POST https://api.abyssale.com/v2\n',
  'Authorization: Bearer {base62:40}\n',
  'abyssale:\n  region: eu\n',
  '  api_key: {hex:32}\n',
  '[abyssale]\n',
];

const SHORT = [
  'ghp_{base62:30}{crc32}',
  'secret',
  '"',
  '\n',
  '=',
  ' ',
  '\0',
  'x',
  '\\n',
  '{base62:16}',
  '%41',
];

export function expand({ kind, seed }: Segment): Buffer {
  const group = kind % 6;
  const pick = (list: readonly string[]) => expandTemplate(list[seed % list.length], seed >>> 8);
  if (group === 0) return Buffer.from(`${pick(EXAMPLES)}\n`);
  if (group === 1) return Buffer.from(pick(HARD), 'latin1');
  if (group === 2) return Buffer.from(pick(SHORT));
  if (group === 3) return Buffer.from(filler(seed, 80 + (seed % 900)));
  if (group === 4) return Buffer.from(`${pick(HARD)}`, seed & 128 ? 'utf16le' : 'utf8');
  return Buffer.from(filler(seed, 20 + (seed % 200)));
}

/** Lines of ordinary text. */
function filler(seed: number, length: number): string {
  let text = '';
  for (let i = 0; text.length < length; i++) text += `line ${seed % 1000} ${i} of a file\n`;
  return text;
}

export const segment: fc.Arbitrary<Segment> = fc.record({ kind: fc.nat(5), seed: fc.nat(0xffffff) });

/** Most edits stand beside each other: near is where they matter to each other. */
export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('insert', 'remove', 'replace', 'move', 'copy'),
  at: fc.nat(30000),
  length: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1500 })),
  to: fc.nat(30000),
  text: segment,
});

interface Run {
  source: number;
  length: number;
  bytes?: Buffer;
}

/** Applies edits to a text. @returns the new text, and the runs it shares with the old one as a delta would name them */
export function applyEdits(base: Buffer, edits: Edit[]): { target: Buffer; copies: Int32Array } {
  let runs: Run[] = [{ source: 0, length: base.length }];
  for (const { kind, at, length, to, text } of edits) {
    const total = runs.reduce((sum, run) => sum + run.length, 0);
    const start = at % (total + 1);
    const end = kind === 'insert' ? start : Math.min(total, start + length);
    const [head, rest] = split(runs, start);
    const [middle, tail] = split(rest, end - start);
    const bytes = expand(text);
    const fresh: Run[] = [{ source: -1, length: bytes.length, bytes }];
    if (kind === 'insert' || kind === 'replace') runs = [...head, ...fresh, ...tail];
    else if (kind === 'remove') runs = [...head, ...tail];
    else {
      const left = kind === 'copy' ? runs : [...head, ...tail];
      const size = left.reduce((sum, run) => sum + run.length, 0);
      const [before, after] = split(left, to % (size + 1));
      runs = [...before, ...middle, ...after];
    }
  }
  return join(base, runs);
}

function split(runs: Run[], at: number): [Run[], Run[]] {
  const head: Run[] = [];
  const tail: Run[] = [];
  let left = at;
  for (const run of runs) {
    if (left >= run.length) head.push(run);
    else if (left <= 0) tail.push(run);
    else {
      head.push({ ...run, length: left, bytes: run.bytes?.subarray(0, left) });
      tail.push({
        source: run.bytes ? -1 : run.source + left,
        length: run.length - left,
        bytes: run.bytes?.subarray(left),
      });
    }
    left -= run.length;
  }
  return [head, tail];
}

function join(base: Buffer, runs: Run[]): { target: Buffer; copies: Int32Array } {
  const copies: number[] = [];
  let at = 0;
  for (const { source, length, bytes } of runs) {
    const n = copies.length;
    if (!bytes && length > 0) {
      if (n > 0 && copies[n - 3] + copies[n - 2] === source && copies[n - 1] + copies[n - 2] === at)
        copies[n - 2] += length;
      else copies.push(source, length, at);
    }
    at += length;
  }
  const target = Buffer.concat(
    runs.map(({ source, length, bytes }) => bytes ?? base.subarray(source, source + length)),
  );
  return { target, copies: Int32Array.from(copies) };
}
