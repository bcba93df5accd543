import type { Writable } from 'node:stream';
import { makeVisible } from '../report/shown.ts';

/** Writes lines for people. Names, user agents and messages in them come from others, so control characters are made visible. */
export function showLines(stream: Writable, lines: readonly string[]): void {
  stream.write(
    lines
      .map(
        (line) =>
          `${line
            .split('\n')
            .map((part) => makeVisible(part))
            .join('\n')}\n`,
      )
      .join(''),
  );
}
