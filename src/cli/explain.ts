import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { BlobScanner } from '../engine/blob-scanner.ts';
import type { Trace } from '../engine/match.ts';
import { UserError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';
import type { ScanSession } from './scan-session.ts';

/** Prints, for one line of a file, each rule that matched there and what became of the match. @returns 1 when something stands there, else 0 */
export function explain(session: ScanSession, place: string): number {
  const found = /^(.+):(\d+)$/.exec(place);
  if (!found) throw new UserError(`--explain ${place}: give FILE:LINE, such as config.yaml:12`);
  const [, path, wanted] = found;
  const file = resolve(session.io.cwd, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UserError(`--explain ${place}: ${path} is no file`);
  const bytes = readFileSync(file);
  const { from, to } = lineSpan(bytes, Number(wanted));
  if (from < 0) throw new UserError(`--explain ${place}: the file has fewer lines`);
  const traces: Trace[] = [];
  const scanner = new BlobScanner(session.scanner().scanner, {
    now: session.now,
    trace: (_, trace) => traces.push(trace),
  });
  const detections = scanner
    .scanBytes(path, bytes)
    .filter((d) => d.spans.some(([start, end]) => start <= to && end >= from));
  const { stdout } = session.io;
  const prefixes = new Map(session.rules.map(({ id, prefix }) => [id, prefix]));
  const here = traces.filter((trace) => trace.start <= to && trace.end >= from);
  stdout.write(`${place}: ${here.length} ${here.length === 1 ? 'match' : 'matches'} before checks\n`);
  for (const { rule, secret, layers, dropped } of here) {
    const under = layers.length ? ` (in ${layers.join(', ')})` : '';
    stdout.write(
      `  ${rule} ${Secret.of(secret, prefixes.get(rule)).mask}${under}: ${dropped ? `dropped, ${dropped}` : 'passes its checks'}\n`,
    );
  }
  for (const detection of detections) {
    const pair = detection.pair ? ` paired with ${detection.pair.id} of line ${detection.pair.idLine}` : '';
    stdout.write(
      `  -> ${detection.rule}, ${detection.severity}, confidence ${detection.confidence}${pair}\n`,
    );
  }
  if (here.length > 0 && detections.length === 0) stdout.write('  -> no finding\n');
  return detections.length > 0 ? 1 : 0;
}

/** Bytes of a line, counted from 1; from is -1 when there is none. */
function lineSpan(bytes: Buffer, line: number): { from: number; to: number } {
  let from = 0;
  for (let i = 1; i < line; i++) {
    const newline = bytes.indexOf(10, from);
    if (newline < 0) return { from: -1, to: -1 };
    from = newline + 1;
  }
  const newline = bytes.indexOf(10, from);
  return { from, to: newline < 0 ? bytes.length : newline };
}
