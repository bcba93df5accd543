import type { Terminal } from '../report/formats.ts';
import type { Io, Values } from './command.ts';

/** What the text report may rely on: https://no-color.org, and what terminals say of themselves. */
export function describeTerminal({ stdout, env }: Io, values: Values): Terminal {
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = values['no-color'] === true || (env.NO_COLOR !== undefined && env.NO_COLOR !== '');
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    colour: !refused && (isTerminal || forced),
    width: stdout.columns ?? 100,
    hyperlinks: !refused && isTerminal && knowsLinks(env),
    unicode: !isTerminal || /utf-?8/i.test(locale),
  };
}

function knowsLinks(env: Io['env']): boolean {
  return Boolean(
    env.VTE_VERSION ||
      env.WT_SESSION ||
      env.KITTY_WINDOW_ID ||
      /iTerm|WezTerm|vscode|ghostty/i.test(env.TERM_PROGRAM ?? ''),
  );
}
