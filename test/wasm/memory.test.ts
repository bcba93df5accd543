import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/wasm/core.ts';
import { Memory } from '../../src/wasm/memory.ts';

describe('the allocator', () => {
  it('never hands out the same byte twice, and gives all of it back', () => {
    const core = new Core();
    const step = fc.record({
      release: fc.boolean(),
      which: fc.nat(),
      length: fc.oneof(fc.nat(300), fc.nat(100_000)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const memory = new Memory(core);
        const live: { address: number; length: number; mark: number }[] = [];
        steps.forEach(({ release, which, length }, i) => {
          if (release && live.length > 0) {
            const [block] = live.splice(which % live.length, 1);
            const held = core.bytes.subarray(block.address, block.address + block.length);
            expect(held.every((byte) => byte === block.mark)).toBe(true);
            memory.release(block.address);
          } else {
            const address = memory.allocate(length);
            expect(address % 64).toBe(0);
            core.bytes.fill(i % 251, address, address + length);
            live.push({ address, length, mark: i % 251 });
          }
        });
        for (const { address } of live) memory.release(address);
        expect(memory.extent).toBe(core.base);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('uses room given back before it asks for more', () => {
    const memory = new Memory(new Core());
    const blocks = [1000, 2000, 3000].map((length) => memory.allocate(length));
    const keep = memory.allocate(64);
    const extent = memory.extent;
    for (const block of [blocks[1], blocks[0], blocks[2]]) memory.release(block);
    expect(memory.allocate(6000)).toBe(blocks[0]);
    expect(memory.extent).toBe(extent);
    expect(() => memory.release(keep + 64)).toThrow(/no block/);
  });
});
