import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/wasm/core.ts';
import { type ObjectExports, SLACK } from '../../src/wasm/objects.ts';

const core = new Core<ObjectExports>();

/** Inflates in the core's memory; guards stand behind input and output. */
function inflate(stream: Uint8Array, capacity: number): { code: number; bytes: Buffer; consumed: number } {
  const source = core.base;
  const target = source + stream.length + SLACK;
  core.reserve(target + capacity + 2 * SLACK);
  core.bytes.fill(0xa5, source, target + capacity + 2 * SLACK);
  core.bytes.set(stream, source);
  const code = core.exports.inflate(source, stream.length, target, capacity);
  const guard = core.bytes.subarray(target + capacity + SLACK, target + capacity + 2 * SLACK);
  if (guard.some((byte) => byte !== 0xa5)) throw new Error('wrote behind the slack');
  const bytes = Buffer.from(core.bytes.subarray(target, target + Math.max(0, code)));
  return { code, bytes, consumed: core.exports.inflateConsumed() };
}

/** Text with repetitions at all distances, runs, and noise: what makes deflate use every kind of block and code. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 }))
        .map(([unit, times]) => Buffer.concat(Array(times).fill(unit))),
      fc.constantFrom(1, 3000, 40000).map((length) => Buffer.alloc(length, 'lorem ipsum dolor ')),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));

const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
});

describe('inflate', () => {
  it('gives back whatever zlib deflated, and says how much input it used', () => {
    fc.assert(
      fc.property(content, settings, fc.uint8Array({ maxLength: 20 }), (bytes, options, tail) => {
        const stream = deflateSync(bytes, options);
        const result = inflate(Buffer.concat([stream, tail]), bytes.length);
        expect(result.code).toBe(bytes.length);
        expect(result.consumed).toBe(stream.length);
        expect(result.bytes.equals(bytes)).toBe(true);
      }),
      { numRuns: 1500, seed: 1 },
    );
  });

  it('handles skewed alphabets, whose codes are longest', () => {
    const bytes = Buffer.from(
      Array.from({ length: 28 }, (_, i) => Array(2 ** Math.min(i, 16)).fill(i * 7)).flat(),
    );
    for (let i = bytes.length - 1, seed = 7; i > 0; i--) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      const j = seed % (i + 1);
      [bytes[i], bytes[j]] = [bytes[j], bytes[i]];
    }
    for (const strategy of [constants.Z_HUFFMAN_ONLY, constants.Z_DEFAULT_STRATEGY]) {
      expect(inflate(deflateSync(bytes, { strategy, memLevel: 9 }), bytes.length).bytes.equals(bytes)).toBe(
        true,
      );
    }
  });

  it('never takes a damaged stream for a sound one', () => {
    fc.assert(
      fc.property(
        content,
        settings,
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (bytes, options, where, bit) => {
          const stream = deflateSync(bytes, options);
          const at = where % stream.length;
          stream[at] ^= 1 << bit;
          const result = inflate(stream, bytes.length);
          // Unused bits, such as the padding before a stored block, may flip without harm.
          if (result.code >= 0) expect(result.bytes.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 1500, seed: 2 },
    );
  });

  it('refuses a stream that is cut off, at any length', () => {
    fc.assert(
      fc.property(content, settings, fc.nat(), (bytes, options, where) => {
        const stream = deflateSync(bytes, options);
        expect(inflate(stream.subarray(0, where % stream.length), bytes.length).code).toBeLessThan(0);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it('refuses more output than there is room for', () => {
    const bytes = Buffer.alloc(5000, 'abcabcdabcde');
    for (const level of [0, 1, 9])
      expect(inflate(deflateSync(bytes, { level }), bytes.length - 1).code).toBe(-5);
  });

  it('survives any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(inflate(Buffer.concat([Buffer.from([0x78, 0x9c]), noise]), 1000).code).toBeLessThanOrEqual(
          1000,
        );
      }),
      { numRuns: 2000, seed: 4 },
    );
  });
});
