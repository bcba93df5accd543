import { describe, expect, test } from 'vitest';
import { detectTerminal } from '../../src/report/terminal.ts';

const tty = { isTTY: true, columns: 72 };

describe('terminal', () => {
  test.each([
    [
      'a terminal has colour and its width',
      tty,
      {},
      { colour: true, width: 72, hyperlinks: false, unicode: true },
    ],
    [
      'a file has no colour, no links, and all of Unicode',
      {},
      { LANG: 'C' },
      { colour: false, width: 100, hyperlinks: false, unicode: true },
    ],
    ['NO_COLOR takes colour away', tty, { NO_COLOR: '1' }, { colour: false }],
    ['an empty NO_COLOR says nothing', tty, { NO_COLOR: '' }, { colour: true }],
    ['FORCE_COLOR gives colour to a file', {}, { FORCE_COLOR: '1' }, { colour: true }],
    ['NO_COLOR beats FORCE_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, { colour: false }],
    ['FORCE_COLOR=0 takes it away', tty, { FORCE_COLOR: '0' }, { colour: false }],
    [
      'a dumb terminal has a width',
      tty,
      { TERM: 'dumb', VTE_VERSION: '7000', LC_ALL: 'C' },
      { colour: false, hyperlinks: false, unicode: false, width: 72 },
    ],
    ['kitty has links', tty, { TERM: 'xterm-kitty' }, { hyperlinks: true }],
    ['tmux may swallow them', tty, { TERM: 'xterm-kitty', TMUX: '/tmp/tmux' }, { hyperlinks: false }],
    ['old VTE shows their escapes', tty, { VTE_VERSION: '4800' }, { hyperlinks: false }],
    ['a Latin-1 locale has no Unicode', tty, { LANG: 'de_DE.ISO-8859-1' }, { unicode: false }],
    ['LC_ALL beats LANG', tty, { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, { unicode: false }],
    ['a UTF-8 locale has it', tty, { LANG: 'en_US.utf8' }, { unicode: true }],
  ])('%s', (_, stream, env, expected) => {
    expect(detectTerminal(stream, env as Record<string, string>)).toMatchObject(expected);
  });

  test('--no-color beats all', () => {
    const found = detectTerminal(tty, { FORCE_COLOR: '1', TERM: 'xterm-kitty' }, true);
    expect(found).toMatchObject({ colour: false, hyperlinks: false });
  });
});
