import { type Document, LineCounter, type Node, parseDocument } from 'yaml';
import type { KeyPath } from './config-file.ts';

/** A parsed text that knows the lines of its keys. JSON is YAML too. Apart from config-file.ts so that the parser is loaded only when there is something to parse. */
export interface ParsedYaml {
  value: unknown;
  lineOf(keys: KeyPath): number;
  mistake?: { line: number; message: string };
}

export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line || 1;
  const lineOf = (keys: KeyPath) => lineAt(offsetOf(document, keys));
  const error = document.errors[0];
  if (error) {
    const message = error.message.split('\n')[0].replace(/ at line \d+.*$/, '');
    return { value: undefined, lineOf, mistake: { line: lineAt(error.pos[0]), message } };
  }
  try {
    return { value: document.toJS(), lineOf };
  } catch (thrown) {
    // An alias of nothing, or aliases that would unfold into more than memory holds.
    const { message } = thrown as Error;
    const alias = /alias .*: (\S+)$/.exec(message)?.[1];
    return {
      value: undefined,
      lineOf,
      mistake: { line: lineAt(alias ? text.indexOf(`*${alias}`) : 0), message },
    };
  }
}

/** Where the key at `keys` begins, or the nearest one above it. */
function offsetOf(document: Document, keys: KeyPath): number {
  for (let end = keys.length; end > 0; end--) {
    const parent = end === 1 ? document.contents : (document.getIn(keys.slice(0, end - 1), true) as unknown);
    const items =
      (parent as { items?: { key?: { value?: unknown; range?: number[] } }[] } | null)?.items ?? [];
    const pair = items.find((item) => item?.key?.value === keys[end - 1]);
    if (pair?.key?.range) return pair.key.range[0];
    const node = document.getIn(keys.slice(0, end), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}
