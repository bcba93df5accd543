import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/wasm/core.ts';
import { type ObjectExports, SLACK } from '../../src/wasm/objects.ts';

const core = new Core<ObjectExports>();

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (; length > 127; length >>>= 7) bytes.push((length & 127) | 128);
  return [...bytes, length];
}

type Part = { copy: true; from: number; size: number } | { copy: false; bytes: Uint8Array };

/** Encodes a delta as the format's page says, and builds its target the slow way. */
function encode(base: Buffer, parts: Part[]): { delta: Buffer; target: Buffer; runs: number[][] } {
  const ops: number[] = [];
  const target: Buffer[] = [];
  const runs: number[][] = [];
  let length = 0;
  for (const part of parts) {
    if (part.copy) {
      const { from, size } = part;
      const args = [from & 255, (from >> 8) & 255, (from >> 16) & 255, 0, size & 255, (size >> 8) & 255, 0];
      ops.push(
        args.reduce((op, value, bit) => (value ? op | (1 << bit) : op), 128),
        ...args.filter((value) => value),
      );
      target.push(base.subarray(from, from + size));
      const last = runs.at(-1);
      if (last && last[0] + last[1] === from && last[2] + last[1] === length) last[1] += size;
      else runs.push([from, size, length]);
      length += size;
    } else {
      ops.push(part.bytes.length, ...part.bytes);
      target.push(Buffer.from(part.bytes));
      length += part.bytes.length;
    }
  }
  return {
    delta: Buffer.from([...lengthBytes(base.length), ...lengthBytes(length), ...ops]),
    target: Buffer.concat(target),
    runs,
  };
}

function apply(base: Uint8Array, delta: Uint8Array, targetLength: number) {
  const at = { base: core.base, delta: 0, target: 0, copies: 0, end: 0 };
  at.delta = at.base + base.length + SLACK;
  at.target = at.delta + delta.length + SLACK;
  at.copies = (at.target + targetLength + SLACK + 3) & ~3;
  at.end = at.copies + delta.length * 12;
  core.reserve(at.end + SLACK);
  core.bytes.fill(0xa5, at.base, at.end + SLACK);
  core.bytes.set(base, at.base);
  core.bytes.set(delta, at.delta);
  const count = core.exports.applyDelta(
    at.base,
    base.length,
    at.delta,
    delta.length,
    at.target,
    targetLength,
    at.copies,
  );
  expect(core.bytes.subarray(at.end, at.end + SLACK).every((byte) => byte === 0xa5)).toBe(true);
  expect(Buffer.from(core.bytes.subarray(at.base, at.base + base.length)).equals(base)).toBe(true);
  const triples = [...new Int32Array(core.bytes.buffer, at.copies, Math.max(0, count) * 3)];
  return { count, target: Buffer.from(core.bytes.subarray(at.target, at.target + targetLength)), triples };
}

const base = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) >> 3));
const part: fc.Arbitrary<Part> = fc.oneof(
  fc
    .tuple(fc.nat(4000), fc.integer({ min: 1, max: 65_000 }))
    .map(([from, size]) => ({ copy: true as const, from, size })),
  fc.uint8Array({ minLength: 1, maxLength: 127 }).map((bytes) => ({ copy: false as const, bytes })),
);

describe('applying a delta', () => {
  it('builds what the format says, and joins copies that continue each other', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const split = parts.flatMap((one): Part[] =>
          one.copy && one.size > 10
            ? [
                { ...one, size: 7 },
                { ...one, from: one.from + 7, size: one.size - 7 },
              ]
            : [one],
        );
        const { delta, target, runs } = encode(base, split);
        const result = apply(base, delta, target.length);
        expect(result.target.equals(target)).toBe(true);
        expect(result.triples).toEqual(runs.flat());
      }),
      { numRuns: 200, seed: 21 },
    );
  });

  it('reads a copy of size 0 as one of 65536 bytes', () => {
    const delta = Buffer.from([...lengthBytes(base.length), ...lengthBytes(65536), 128]);
    expect(apply(base, delta, 65536).target.equals(base.subarray(0, 65536))).toBe(true);
  });

  it('refuses a delta that does not fit, and never writes where it should not', () => {
    const small = base.subarray(0, 50);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(120), (ops, targetLength) => {
        const delta = Buffer.concat([Buffer.from([50, targetLength]), ops]);
        expect(apply(small, delta, targetLength).count).toBeLessThanOrEqual(60);
      }),
      { numRuns: 2000, seed: 22 },
    );
    expect(apply(small, Buffer.from([49, 1, 1, 65]), 1).count).toBe(-1);
    expect(apply(small, Buffer.from([50, 1, 0x91, 50, 1]), 1).count).toBe(-1);
    expect(apply(small, Buffer.from([50, 2, 1, 65]), 2).count).toBe(-1);
    expect(apply(small, Buffer.from([50, 1, 0]), 1).count).toBe(-1);
  });
});
