import { type Document, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { RuleText } from './load.ts';

/** Where something stands in a document: keys and indexes from its root. */
export type Path = (string | number)[];

export interface Parsed<T> {
  data: T;
  /** `file:line`, from 1 on, of what stands at a path. */
  placeOf(path: Path): string;
}

/**
 * Parses YAML by a strict schema.
 * @param keys all keys that the schema knows, for a hint at a misspelt one
 * @throws {UserError} naming file, line and mend of the first mistake
 */
export function parseStrict<T>(file: RuleText, schema: z.ZodType<T>, keys: string[]): Parsed<T> {
  const { name, text } = file;
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [mistake] = document.errors;
  if (mistake) {
    throw new UserError(
      `${name}:${lineAt(mistake.pos[0])}: ${mistake.message.split('\n')[0].replace(/ at line \d+.*$/, '')}`,
    );
  }
  const placeOf = (path: Path) => file.placeOf?.(path) ?? `${name}:${lineAt(offsetOf(document, path))}`;
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const { path, message } = explain(firstIssue(parsed.error.issues), keys);
    throw new UserError(`${placeOf(path)}: ${message}`);
  }
  return { data: parsed.data, placeOf };
}

/** Where the node at `path` begins, or the nearest node above it. A key's own place wins over its value's. */
function offsetOf(document: Document, path: Path): number {
  for (let end = path.length; end > 0; end--) {
    const parent = document.getIn(path.slice(0, end - 1), true) as { items?: unknown[] } | undefined;
    const last = path[end - 1];
    for (const item of parent?.items ?? []) {
      const key = (item as { key?: { value?: unknown; range?: number[] } }).key;
      if (key?.value === last && key?.range) return key.range[0];
    }
    const node = document.getIn(path.slice(0, end), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

/** A misspelt key also leaves the right one missing: the misspelling is the mistake to tell. */
function firstIssue(issues: z.core.$ZodIssue[]): z.core.$ZodIssue {
  return issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0];
}

function explain(issue: z.core.$ZodIssue, keys: string[]): { path: Path; message: string } {
  const path = issue.path as Path;
  const where = path.filter((part) => typeof part === 'string').join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const path = [...(issue.path as Path), key];
    if (keys.includes(key)) return { path, message: `the key ${key} has no meaning here` };
    const hint = nearest(key, keys);
    return { path, message: `unknown key ${key}${hint ? `: did you mean ${hint}?` : ''}` };
  }
  return { path, message: `${where}: ${issue.message}` };
}
