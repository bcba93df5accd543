import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { helpOf, overview } from '../../src/cli/help.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const commands: Command[] = await Promise.all(COMMANDS.map(({ load }) => load()));
const shown = COMMANDS.filter(({ hidden }) => !hidden).map(({ name }) => name);

test.each(PAGES)('every command line of %s is one that unleak understands', (page) => {
  for (const line of commandLines(readFileSync(page, 'utf8')))
    expect(() => understand(line), line).not.toThrow();
});

test('the pages hold command lines of every command', () => {
  const named = PAGES.flatMap((page) => commandLines(readFileSync(page, 'utf8'))).map(
    (line) => line.split(' ')[1],
  );
  expect(shown.filter((name) => !named.includes(name))).toEqual([]);
});

test('the README names every command', () => {
  const text = readFileSync('README.md', 'utf8');
  expect(shown.filter((name) => !text.includes(`unleak ${name}`))).toEqual([]);
});

test.each(commands.map((command) => [command.name, command] as const))(
  'the help of %s mentions each of its options, and its examples are understood',
  (_, command) => {
    const help = helpOf(command);
    for (const [name, { short }] of Object.entries(command.options)) {
      expect(help).toMatch(new RegExp(`^ +${short ? `-${short}, ` : ''}--${name}\\b`, 'm'));
    }
    expect(command.examples.length).toBeGreaterThan(0);
    for (const [example] of command.examples) {
      const lines = piecesOf(example);
      expect(lines).not.toEqual([]);
      for (const line of lines) expect(() => understand(line), line).not.toThrow();
    }
  },
);

test('help keeps within 100 columns, and the overview has every command', () => {
  for (const command of commands) {
    for (const line of helpOf(command).split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  }
  for (const name of shown) expect(overview()).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('every link between the pages leads to a file', () => {
  const broken = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => join(dirname(page), target))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  );
  expect(broken).toEqual([]);
});

/** What a page tells to type: lines of code that begin with `unleak`, pieces of pipelines, and code within text. */
function commandLines(page: string): string[] {
  const code = [...page.matchAll(/^(?: {4}|\t)(.*)$|^```\w*\n([\s\S]*?)^```|`([^`\n]+)`/gm)];
  return code
    .flatMap(([, indented, fenced, span]) => (indented ?? fenced ?? span).split('\n'))
    .flatMap((line) => piecesOf(line));
}

/** The calls of unleak in a line of shell, without comments and redirections. */
function piecesOf(line: string): string[] {
  return line
    .replace(/\s+#.*$/, '')
    .split(/ \|\|? | && |[<>]\(|\)$/)
    .map((piece) =>
      piece
        .trim()
        .replace(/^(\$ )?(npx (--yes )?)?/, '')
        .replace(/^unleak@[\d.]+/, 'unleak'),
    )
    .map((piece) => piece.replace(/ 2?>>? .*$/, '').replace(/ < \S+/g, ''))
    .filter((piece) => /^unleak [a-z]/.test(piece));
}

/** @throws when the command, an option or the value of one is not known */
function understand(line: string): void {
  const [, name, ...argv] = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, ...one]) => one.find((text) => text !== undefined)!,
  );
  if (name === 'help') return;
  const command = commands.find((one) => one.name === name);
  if (!command) throw new Error(`no command is called ${name}`);
  parseCommandLine(
    argv.filter((word) => word !== '--help'),
    command,
  );
}
