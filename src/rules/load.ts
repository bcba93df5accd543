import { type Document, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { compileRule } from './compile-rule.ts';
import type { Catalogue, Example } from './rule.ts';
import { ruleFile } from './schema.ts';

export interface RuleText {
  /** The file's name as messages show it. */
  name: string;
  /** YAML; JSON is YAML too. */
  text: string;
}

/**
 * Reads rule files into a catalogue.
 * @param options `own`: rules of a user's configuration, which may do without vendor page and examples
 * @throws {UserError} naming file, line and mend of the first mistake: YAML syntax, unknown or misspelt key, wrong
 * value, pattern that does not compile or is unbounded, id used twice
 */
export function loadRules(files: RuleText[], { own = false } = {}): Catalogue {
  const catalogue: Catalogue = { rules: [], details: [], examples: [] };
  const seen = new Map<string, string>();
  for (const file of files) {
    const { data, lineOf } = parseRuleFile(file);
    data.rules.forEach((source, index) => {
      const place = `${file.name}:${lineOf(['rules', index])}`;
      const other = seen.get(source.id);
      if (other)
        throw new UserError(`${place}: rule ${source.id} exists already at ${other}: choose another id`);
      seen.set(source.id, place);
      try {
        catalogue.rules.push(compileRule(source));
      } catch (error) {
        throw new UserError(`${place}: rule ${source.id}: ${(error as Error).message}`);
      }
      const docs = source.docs ?? data.docs;
      if (!docs && !own)
        throw new UserError(
          `${place}: rule ${source.id} has no docs: give the vendor's page about the format`,
        );
      catalogue.details.push({
        id: source.id,
        title: source.title,
        vendor: data.vendor,
        opens: source.opens ?? data.opens ?? '',
        docs: docs ?? '',
        verify: source.verify,
        respond: source.respond ?? data.respond,
      });
      if (!source.examples && !own)
        throw new UserError(`${place}: rule ${source.id} has no examples: give a loud and a quiet one`);
      const { loud, quiet } = source.examples ?? { loud: [], quiet: [] };
      catalogue.examples.push({ id: source.id, loud: loud.map(toExample), quiet: quiet.map(toExample) });
    });
  }
  return catalogue;
}

function toExample(example: string | Example): Example {
  return typeof example === 'string' ? { text: example } : example;
}

type Path = (string | number)[];

function parseRuleFile({ name, text }: RuleText) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [mistake] = document.errors;
  if (mistake) {
    throw new UserError(
      `${name}:${lineAt(mistake.pos[0])}: ${mistake.message.split('\n')[0].replace(/ at line \d+.*$/, '')}`,
    );
  }
  const lineOf = (path: Path) => lineAt(offsetOf(document, path));
  const parsed = ruleFile.safeParse(document.toJS());
  if (!parsed.success) {
    const { path, message } = explain(firstIssue(parsed.error.issues));
    throw new UserError(`${name}:${lineOf(path)}: ${message}`);
  }
  return { data: parsed.data, lineOf };
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

function explain(issue: z.core.$ZodIssue): { path: Path; message: string } {
  const path = issue.path as Path;
  const where = path.filter((part) => typeof part === 'string').join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const hint = nearest(key, KNOWN_KEYS);
    return { path: [...path, key], message: `unknown key ${key}${hint ? `: did you mean ${hint}?` : ''}` };
  }
  return { path, message: `${where}: ${issue.message}` };
}

/** All keys of the schema, flat: enough for a hint. */
const KNOWN_KEYS = [
  ...Object.keys(ruleFile.shape),
  ...Object.keys(ruleFile.shape.rules.element.shape),
  ...Object.keys(ruleFile.shape.rules.element.shape.checks.unwrap().shape),
  ...Object.keys(ruleFile.shape.rules.element.shape.pair.unwrap().shape),
  ...Object.keys(ruleFile.shape.rules.element.shape.verify.unwrap().shape),
  'loud',
  'quiet',
  'steps',
  'within',
];
