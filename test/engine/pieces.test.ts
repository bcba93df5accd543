import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BlobScanner } from '../../src/engine/blob-scanner.ts';
import type { Detection } from '../../src/engine/detection.ts';
import { Scanner } from '../../src/engine/scanner.ts';
import { builtInRules } from '../../src/rules/catalogue.ts';
import { seededRandom } from '../../src/rules/random.ts';
import { expandTemplate } from '../../src/rules/templates.ts';
import { PIECE } from '../../src/sources/piece-scanner.ts';
import { scanStream } from '../../src/sources/stdin.ts';

const scanner = new BlobScanner(new Scanner(builtInRules()), { now: 0 });

/** Text of a size with secrets strewn in it, some of them across the borders of pieces. */
function makeText(size: number, newlines: boolean): Buffer {
  const random = seededRandom(`text ${size}`);
  const filler = newlines ? 'lorem ipsum dolor sit amet\n' : 'lorem ipsum dolor sit amet ';
  const bytes = Buffer.alloc(size, filler);
  const places = [1, 2, 3].flatMap((n) => [
    n * PIECE - 30,
    n * PIECE - 262144 - 20,
    n * PIECE - 131072 - 10,
    n * PIECE - 262144 + 131072 - 15,
  ]);
  for (let i = 0; i < 200; i++) places.push(random(size - 4000));
  places.forEach((at, i) => {
    if (at < 0 || at > size - 4000) return;
    const template = [
      '\nkey="ghp_{base62:30}{crc32}"\n',
      '\n{aws-id:AKIA},{aws-secret}\n',
      '\n{base64-of:token: ghp_{base62:30}{crc32} }\n',
      '\n{pem:RSA PRIVATE KEY:1600}\n',
    ][i % 4];
    bytes.write(expandTemplate(newlines ? template : template.replaceAll('\n', ' '), i), at, 'latin1');
  });
  return bytes;
}

const summary = (found: Detection[]) =>
  found.map((d) => `${d.line}:${d.column} ${d.rule} ${d.secret.slice(0, 60)}`).sort();

describe('a text read piece by piece gives what the whole gives', () => {
  it.each([
    ['lines', true],
    ['one single line', false],
  ])('in %s', async (_, newlines) => {
    const bytes = makeText(3 * PIECE + 12345, newlines);
    const whole = scanner.scanBytes('big.txt', bytes);
    const chunks = function* () {
      for (let at = 0; at < bytes.length; at += 1_000_003) yield bytes.subarray(at, at + 1_000_003);
    };
    const pieces = await scanStream(scanner, Readable.from(chunks()), 'big.txt', {
      signal: new AbortController().signal,
    });
    expect(pieces.bytes).toBe(bytes.length);
    expect(pieces.found).toHaveLength(1);
    expect(summary(pieces.found[0].detections)).toEqual(summary(whole));
    expect(whole.length).toBeGreaterThan(100);
  });
});
