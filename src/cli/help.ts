import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';

export function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.filter(({ hidden }) => !hidden).map(
    ({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return [
    'unleak finds leaked secrets, says whether they still work, and ends them.',
    '',
    'Usage: unleak <command> [options]',
    '',
    ...lines,
    '',
    'unleak <command> --help tells more. Exit codes: 0 nothing found, 1 findings, 2 wrong usage,',
    '3 something could not be read.',
    '',
  ].join('\n');
}

export function helpOf(command: Command): string {
  const flags = Object.entries(command.options).map(([name, { short, value, help, multiple, choices }]) => {
    const flag = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}${multiple ? '..' : ''}` : ''}`;
    return [flag, choices ? `${help}: ${choices.join(', ')}` : help];
  });
  const width = Math.min(34, Math.max(...flags.map(([flag]) => flag.length)));
  return [
    `Usage: unleak ${command.usage}`,
    '',
    ...wrap(command.description ?? `${command.summary[0].toUpperCase()}${command.summary.slice(1)}.`, '', 90),
    '',
    ...(flags.length > 0 ? ['Options:'] : []),
    ...flags.flatMap(([flag, help]) => {
      const lines = wrap(help, ' '.repeat(width + 4), 90);
      return flag.length > width
        ? [`  ${flag}`, ...lines]
        : [`  ${flag.padEnd(width)}  ${lines[0].trimStart()}`, ...lines.slice(1)];
    }),
    ...(flags.length > 0 ? [''] : []),
    'Examples:',
    ...command.examples.flatMap(([example, meaning]) => [`  ${example}`, `      ${meaning}`]),
    '',
  ].join('\n');
}

function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, indent + line];
}
