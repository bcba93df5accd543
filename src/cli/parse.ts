import { parseArgs } from 'node:util';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import type { Arguments, Command, Options, Values } from './command.ts';

/** @throws {UserError} naming the option that is wrong, and the nearest one that is right */
export function parseCommandLine(argv: string[], command: Command): Arguments {
  const { options } = command;
  const config: Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }> = {};
  for (const [name, { type, multiple, short }] of Object.entries(options)) {
    config[name] = { type, ...(multiple && { multiple }), ...(short && { short }) };
  }
  // Not strict, because Node's own messages name neither the nearest option nor the help page.
  const { tokens } = parseArgs({
    args: argv,
    options: config,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Values = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (!option) throw unknownOption(token.rawName, options, command);
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new UserError(`${token.rawName} takes no value`);
      values[token.name] = true;
      continue;
    }
    if (token.value === undefined || (!token.inlineValue && /^--\w/.test(token.value))) {
      throw new UserError(`${token.rawName} needs a value: ${token.rawName} ${option.value ?? 'VALUE'}`);
    }
    const given = option.multiple ? token.value.split(',').filter(Boolean) : [token.value];
    for (const value of given) checkChoice(token.rawName, value, option.choices);
    values[token.name] = option.multiple
      ? [...((values[token.name] as string[]) ?? []), ...given]
      : token.value;
  }
  return { values, positionals };
}

function checkChoice(name: string, value: string, choices?: readonly string[]): void {
  if (!choices || choices.includes(value)) return;
  const hint = nearest(value, choices);
  throw new UserError(
    `${name} ${value}: ${hint ? `did you mean ${hint}? ` : ''}It takes one of ${choices.join(', ')}`,
  );
}

function unknownOption(rawName: string, options: Options, command: Command): UserError {
  const hint = nearest(rawName.replace(/^-+/, ''), Object.keys(options));
  const mend = hint ? `did you mean --${hint}?` : `see unleak ${command.name} --help`;
  return new UserError(`unknown option ${rawName} for unleak ${command.name}: ${mend}`);
}
