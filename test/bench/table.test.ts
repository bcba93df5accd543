import { expect, it } from 'vitest';
import { formatCpu, formatMegabytes, formatRatio, formatSeconds, renderTable } from '../../bench/table.ts';

it('aligns a table for the terminal', () => {
  expect(
    renderTable(
      ['command', 'median'],
      [
        ['unleak', '90 ms'],
        ['a slower one', '1.20 s'],
      ],
      false,
    ),
  ).toBe(['command       median', 'unleak         90 ms', 'a slower one  1.20 s'].join('\n'));
});

it('writes a table as Markdown to paste', () => {
  expect(renderTable(['command', 'median'], [['unleak', '90 ms']], true)).toBe(
    '| command | median |\n|---|---:|\n| unleak | 90 ms |',
  );
});

it.each([
  [formatSeconds(0.0634), '63.4 ms'],
  [formatSeconds(1.234), '1.23 s'],
  [formatSeconds(12.34), '12.3 s'],
  [formatSeconds(345.6), '346 s'],
  [formatCpu(0), '< 10 ms'],
  [formatCpu(undefined), '-'],
  [formatMegabytes(465.4e6), '465 MB'],
  [formatMegabytes(undefined), '-'],
  [formatRatio(0.456), '0.46'],
  [formatRatio(24.4), '24'],
])('shows %s as %s', (shown, expected) => expect(shown).toBe(expected));
