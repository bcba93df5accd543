import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchRoom } from '../../../src/engine/content-search.ts';
import { type EngineExports, PADDING, ScanMemory } from '../../../src/engine/scan-memory.ts';
import { Scanner } from '../../../src/engine/scanner.ts';
import { builtInRules } from '../../../src/rules/catalogue.ts';
import { keywordsOf } from '../../../src/rules/rule-index.ts';
import { expandTemplate } from '../../../src/rules/templates.ts';
import { type BlobState, DeltaScanner } from '../../../src/sources/audit/delta-scanner.ts';
import { Core } from '../../../src/wasm/core.ts';
import { Memory } from '../../../src/wasm/memory.ts';
import { applyEdits, edit, expand, segment } from './random-edits.ts';

const rules = builtInRules();
const core = new Core<EngineExports>();
const keywords = keywordsOf(rules);
const scanMemory = new ScanMemory(keywords, { core, room: searchRoom(core.exports, keywords) });
const memory = new Memory(core, scanMemory.texts);
const scanner = new Scanner(rules, scanMemory);
const byDelta = new DeltaScanner(scanner, memory, rules, () => true);
const whole = new DeltaScanner(scanner, memory, rules, () => true, true);

function place(bytes: Uint8Array): number {
  const address = memory.allocate(bytes.length + PADDING);
  core.bytes.set(bytes, address);
  return address;
}

function scanWhole(by: DeltaScanner, text: Uint8Array): BlobState {
  const address = place(text);
  const state = by.scanWhole(address, text.length, true);
  memory.release(address);
  return state;
}

function scanDelta(text: Uint8Array, base: BlobState, baseLength: number, copies: Int32Array): BlobState {
  const triples = place(new Uint8Array(copies.buffer, copies.byteOffset, copies.byteLength));
  const address = place(text);
  const delta = { baseLength, copies: triples, copyCount: copies.length / 3 };
  const state = byDelta.scanDelta(address, text.length, base, delta, true);
  memory.release(address);
  memory.release(triples);
  return state;
}

function keysOf({ secrets }: BlobState): string[] {
  return [...new Set(secrets.map(({ key }) => key))].sort();
}

/** The same edits at each run of the tests, others at each hunt: `UNLEAK_PROPERTY_SECONDS=600`. */
const HUNT = Number(process.env.UNLEAK_PROPERTY_SECONDS ?? 0) * 1000;
const RUNS = HUNT ? { numRuns: HUNT, interruptAfterTimeLimit: HUNT } : { numRuns: 60, seed: 1 };

test('a chain of deltas holds what each of its texts holds, whatever was edited', () => {
  const versions = fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 6 });
  const text = fc.array(segment, { minLength: 4, maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(text, versions, (segments, chain) => {
      let base: Buffer = Buffer.concat(segments.map(expand));
      let state = scanWhole(byDelta, base);
      for (const edits of chain) {
        const { target, copies } = applyEdits(base, edits);
        state = scanDelta(target, state, base.length, copies);
        expect(keysOf(state)).toEqual(keysOf(scanWhole(whole, target)));
        base = target;
      }
    }),
    RUNS,
  );
}, 3_600_000);

describe('an edit of one character far from the secret that it decides about', () => {
  const token = expandTemplate('ghp_{base62:30}{crc32}', 5);
  const pem = expandTemplate('{pem:RSA PRIVATE KEY}', 3);
  const text = `${'some ordinary text '.repeat(150)}token=${token} ${'and more '.repeat(50)}`;
  const encode = (value: string, encoding: BufferEncoding) => Buffer.from(value).toString(encoding);
  const wrap = (value: string) => value.replace(/.{76}/g, '$&\n');
  const noise = encode(expandTemplate('{printable:9000}', 1), 'latin1');
  const packed = gzipSync(`${noise} token=${token}\n${noise}`).toString('base64');

  test.each([
    ['base64 that a character at its front shifts', encode(text, 'base64'), 0],
    ['wrapped base64 that one shifts', wrap(encode(text, 'base64')), 0],
    ['wrapped base64 whose first line one lengthens', wrap(encode(text, 'base64')), 38],
    ['hex that one shifts', encode(text, 'hex'), 0],
    ['hex that one cuts', encode(text, 'hex'), 4001],
    ['hex in UTF-16 that one cuts', Buffer.from(encode(text, 'hex'), 'utf16le').toString('latin1'), 4002],
    ['gzip whose header it breaks', packed, 1],
    ['a key in base64 whose beginning it breaks', encode(pem, 'base64'), 9],
    ['a key in base64 that it cuts short', encode(pem, 'base64'), encode(pem, 'base64').length - 50],
    ['a key in clear whose end it breaks', pem, pem.length - 12],
    ['UTF-16 that a byte shifts', Buffer.from(`${text}\n`, 'utf16le').toString('latin1'), 0],
  ])('%s', (_, encoded, at) => {
    const around = 'a line of text\n'.repeat(2000);
    const sound = Buffer.from(`${around}data: ${encoded}\n${around}`, 'latin1');
    const edited = around.length + 6 + at;
    for (const character of ['A', '!']) {
      const broken = Buffer.concat([
        sound.subarray(0, edited),
        Buffer.from(character),
        sound.subarray(edited),
      ]);
      const rest = sound.length - edited;
      const breaks = Int32Array.from([0, edited, 0, edited, rest, edited + 1]);
      const mends = Int32Array.from([0, edited, 0, edited + 1, rest, edited]);
      const held = { sound: scanWhole(byDelta, sound), broken: scanWhole(byDelta, broken) };
      expect(keysOf(held.sound).length).toBeGreaterThan(0);
      expect(keysOf(scanDelta(broken, held.sound, sound.length, breaks))).toEqual(keysOf(held.broken));
      expect(keysOf(scanDelta(sound, held.broken, broken.length, mends))).toEqual(keysOf(held.sound));
    }
  });
});

test('a row that a delta adds to a list far from its beginning is found', () => {
  const row = (seed: number) => expandTemplate("(1,'user','{hex:32}','a@corp.io')", seed);
  const rows = Array.from({ length: 80 }, (_, seed) => row(seed));
  const table = (list: string[]) => Buffer.from(`INSERT INTO users VALUES ${list.join(',\n')};\n`);
  const base = table(rows);
  for (const place of [20, 40, 79, 80]) {
    const grown = table([...rows.slice(0, place), row(100), ...rows.slice(place)]);
    const same = [...base].findIndex((byte, i) => byte !== grown[i]);
    const rest = base.length - same;
    const copies = Int32Array.from([0, same, 0, same, rest, grown.length - rest]);
    const state = scanDelta(grown, scanWhole(byDelta, base), base.length, copies);
    expect(keysOf(state)).toEqual(keysOf(scanWhole(whole, grown)));
    expect(keysOf(state)).toHaveLength(81);
  }
});
