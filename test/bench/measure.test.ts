import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternate, growthExponent, median, summarise } from '../../bench/measure.ts';

describe('median', () => {
  it.each([
    [[5], 5],
    [[3, 1, 2], 2],
    [[10, 1, 2, 9], 5.5],
    [[100, 1, 11], 11],
  ])('of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('has as many values below as above, and leaves its argument as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values);
        expect(values).toEqual(before);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('of nothing is an error, not NaN', () => expect(() => median([])).toThrow('no values'));
});

describe('summarise', () => {
  it('tells spread, median CPU time and the highest peak', () => {
    const samples = [
      { seconds: 3, cpuSeconds: 5, peakBytes: 70 },
      { seconds: 1, cpuSeconds: 4, peakBytes: 90 },
      { seconds: 2, cpuSeconds: 9, peakBytes: 80 },
    ];
    expect(summarise(samples)).toEqual({ runs: 3, median: 2, min: 1, max: 3, cpu: 5, peakBytes: 90 });
  });

  it('leaves out what the system did not tell', () => {
    expect(summarise([{ seconds: 1 }])).toEqual({ runs: 1, median: 1, min: 1, max: 1 });
  });
});

describe('alternate', () => {
  const order: string[] = [];
  const contender = (name: string, ...seconds: number[]) => {
    let run = 0;
    return () => {
      order.push(name);
      return { seconds: seconds[Math.min(run++, seconds.length - 1)] };
    };
  };

  it('runs A B A B, and does not count the first round', async () => {
    order.length = 0;
    const [a, b] = await alternate([contender('a', 100, 1, 3, 2), contender('b', 200, 5)], 3);
    expect(order.join('')).toBe('abababab');
    expect(a).toEqual({ runs: 3, median: 2, min: 1, max: 3 });
    expect(b).toMatchObject({ runs: 3, max: 5 });
  });

  it('drops a contender that failed, with its reason, and goes on with the others', async () => {
    order.length = 0;
    const broken = () => {
      order.push('x');
      throw new Error('exit 2');
    };
    const [failed, sound] = await alternate([broken, contender('a', 1)], 2);
    expect(order.join('')).toBe('xaaa');
    expect(failed).toEqual(new Error('exit 2'));
    expect(sound).toMatchObject({ runs: 2 });
  });

  it('stops a contender that used up its budget; its only run then counts', async () => {
    order.length = 0;
    const [slow, middling, quick] = await alternate(
      [contender('s', 50), contender('m', 4), contender('q', 1)],
      4,
      10,
    );
    expect(order.join('')).toBe('smqmqmqqq');
    expect(slow).toMatchObject({ runs: 1, median: 50 });
    expect(middling).toMatchObject({ runs: 2 });
    expect(quick).toMatchObject({ runs: 4 });
  });
});

describe('growthExponent', () => {
  it.each([
    ['the same', [1, 2], [10, 10], 0],
    ['in proportion', [3, 6], [10, 20], 1],
    ['with the square', [1, 3], [2, 18], 2],
  ] as const)('of a cost that grows %s', (_name, input, cost, expected) => {
    expect(growthExponent([...input], [...cost])).toBeCloseTo(expected, 9);
  });
});
