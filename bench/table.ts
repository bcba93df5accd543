/** Columns of text and figures as a table: aligned for a terminal, or as Markdown to paste. */
export function renderTable(headers: string[], rows: string[][], markdown: boolean): string {
  const lines = [headers, ...rows];
  const widths = headers.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const render = (line: string[]) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  if (!markdown) return lines.map((line) => render(line).join('  ').trimEnd()).join('\n');
  const rule = `|${headers.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  const [head, ...body] = lines.map((line) => `| ${line.join(' | ')} |`);
  return [head, rule, ...body].join('\n');
}

/** Seconds or milliseconds to three figures. */
export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${(seconds * 1000).toPrecision(3)} ms`;
  return `${seconds < 100 ? seconds.toPrecision(3) : seconds.toFixed(0)} s`;
}

/** The system counts CPU time in hundredths of a second. */
export function formatCpu(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  return seconds < 0.01 ? '< 10 ms' : formatSeconds(seconds);
}

export function formatMegabytes(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${(bytes / 1e6).toFixed(0)} MB`;
}

export function formatRatio(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0);
}
