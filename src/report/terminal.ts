import type { Terminal } from './formats.ts';

/**
 * What a stream's reader can show, from its kind and the environment.
 * @param noColour `--no-color` was given
 */
export function detectTerminal(
  stream: { isTTY?: boolean; columns?: number },
  env: Record<string, string | undefined>,
  noColour = false,
): Terminal {
  const isTerminal = stream.isTTY === true && env.TERM !== 'dumb';
  return {
    colour: wantsColour(isTerminal, env, noColour),
    width: (stream.isTTY && stream.columns) || 100,
    hyperlinks: isTerminal && !noColour && hasHyperlinks(env),
    unicode: !stream.isTTY || hasUnicode(env),
  };
}

/** https://no-color.org and https://force-color.org: set and not empty counts, whatever the value but `0`. */
function wantsColour(
  isTerminal: boolean,
  env: Record<string, string | undefined>,
  noColour: boolean,
): boolean {
  if (noColour || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal;
}

/** Terminals known to understand OSC 8 (https://github.com/Alhadis/OSC8-Adoption); multiplexers may swallow it. */
function hasHyperlinks(env: Record<string, string | undefined>): boolean {
  if (env.FORCE_HYPERLINK) return env.FORCE_HYPERLINK !== '0';
  if (env.TMUX || env.STY || env.CI) return false;
  if (Number(env.VTE_VERSION) >= 5000) return true;
  if (env.WT_SESSION || env.KONSOLE_VERSION || env.DOMTERM) return true;
  if (/^(?:xterm-kitty|xterm-ghostty|alacritty|foot|wezterm)/.test(env.TERM ?? '')) return true;
  return /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|Tabby|rio)$/.test(env.TERM_PROGRAM ?? '');
}

/** Only a locale that names another encoding says no: containers often have none at all and a UTF-8 terminal. */
function hasUnicode(env: Record<string, string | undefined>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (!locale) return env.TERM !== 'linux';
  return /utf-?8/i.test(locale);
}
