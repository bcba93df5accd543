import { UserError } from '../model/errors.ts';
import { compileRule } from './compile-rule.ts';
import { parseStrict } from './parse-strict.ts';
import type { Catalogue, Example } from './rule.ts';
import { ruleFile } from './schema.ts';

export interface RuleText {
  /** The file's name as messages show it. */
  name: string;
  /** YAML; JSON is YAML too. */
  text: string;
  /** Where a part of it stands, as `file:line`, when it was taken out of another file. */
  placeOf?(path: (string | number)[]): string;
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
    const { data, placeOf } = parseStrict(file, ruleFile, KNOWN_KEYS);
    data.rules.forEach((source, index) => {
      const place = placeOf(['rules', index]);
      const other = seen.get(source.id);
      if (other)
        throw new UserError(`${place}: rule ${source.id} exists already at ${other}: choose another id`);
      seen.set(source.id, place);
      if (source.services && own)
        throw new UserError(`${place}: rule ${source.id}: services is for the built-in rules: leave it out`);
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
