import { UserError } from '../model/errors.ts';
import type { Command, Option } from './command.ts';
import { COMMANDS } from './commands.ts';

/** Written from the table of commands, so that a script offers what `unleak <command> --help` lists. */
const SCRIPTS = { bash, zsh, fish };
const SHELLS = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];

export const completion: Command = {
  name: 'completion',
  summary: 'a script that completes command lines in your shell',
  usage: `completion ${SHELLS.join('|')}`,
  description:
    'Prints the script. It knows all commands, their options and the values these take, and calls nothing while you type.',
  options: {},
  examples: [
    ['source <(unleak completion bash)', 'in ~/.bashrc'],
    ['unleak completion zsh > "$fpath[1]/_unleak"', 'once, before compinit'],
    ['unleak completion fish > ~/.config/fish/completions/unleak.fish', 'once'],
  ],
  async run({ positionals }, { stdout }) {
    const shell = SHELLS.find((name) => name === positionals[0]);
    if (!shell || positionals.length > 1) throw new UserError(`give one shell: ${SHELLS.join(', ')}`);
    stdout.write(SCRIPTS[shell](await describeCommands()));
    return 0;
  },
};

interface Completed {
  name: string;
  summary: string;
  hidden?: boolean;
  /** Actions, such as `plan` of respond. */
  words: string[];
  options: [name: string, option: Option][];
}

async function describeCommands(): Promise<Completed[]> {
  return Promise.all(
    COMMANDS.map(async ({ name, summary, hidden, load }) => {
      const { usage, options } = await load();
      return { name, summary, hidden, words: actionsOf(usage), options: Object.entries(options) };
    }),
  );
}

/** `rules list | show <id> | check` has three, `scan [path..]` has none. */
function actionsOf(usage: string): string[] {
  const [, first = ''] = usage
    .replace(/ <\w+>/g, '')
    .replaceAll(' | ', '|')
    .split(' ');
  return first.includes('|') ? first.replace(/^\[|\.*\]$/g, '').split('|') : [];
}

/** Bash falls back on file names (`-o default`) wherever nothing is offered here. */
function bash(commands: Completed[]): string {
  const shown = commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
  const options = commands.map(
    ({ name, options }) =>
      `      ${name}) options='${['help', ...options.map(([flag]) => flag)].map((flag) => `--${flag}`).join(' ')}' ;;`,
  );
  const actions = commands.flatMap(({ name, words }) =>
    words.length > 0 ? [`      ${name}) actions='${words.join(' ')}' ;;`] : [],
  );
  const values = commands.flatMap((command) =>
    command.options
      .filter(([, { type }]) => type === 'string')
      .map(
        ([flag, option]) => `      '${command.name} --${flag}') values='${choicesOf(option)}'; takes=1 ;;`,
      ),
  );
  return `_unleak() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local options= actions= values= takes=
  # Bash takes --name=value for three words.
  if [ "$cur" = = ]; then cur=
  elif [ "$prev" = = ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${shown.join(' ')} help --help --version' -- "$cur"))
    return
  fi
  case "$command $prev" in
${values.join('\n')}
  esac
  if [ -n "$takes" ]; then
    COMPREPLY=($(compgen -W "$values" -- "$cur"))
    return
  fi
  case "$cur" in -*)
    case "$command" in
${options.join('\n')}
    esac
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  esac
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$command" in
${actions.join('\n')}
      help) actions='${shown.join(' ')}' ;;
    esac
    COMPREPLY=($(compgen -W "$actions" -- "$cur"))
  fi
}
complete -o default -F _unleak unleak
`;
}

/** Specifications of `_arguments`: zshcompsys(1). */
function zsh(commands: Completed[]): string {
  const describe = commands
    .filter(({ hidden }) => !hidden)
    .map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, words, options }) => {
    const flags = options.map(([flag, option]) => {
      const help = option.help.replace(/[[\]:]/g, '\\$&');
      const repeat = option.multiple ? '*' : '';
      const values = choicesOf(option);
      const value =
        option.type === 'string' ? `:${option.value ?? 'VALUE'}:${values ? `(${values})` : '_files'}` : '';
      return quote(`${repeat}--${flag}[${help}]${value}`);
    });
    const rest = words.length > 0 ? [quote(`1:action:(${words.join(' ')})`)] : [];
    return `      ${name}) _arguments ${[...rest, ...flags, "'--help[how it is used]'", "'*:file:_files'"].join(' \\\n        ')} ;;`;
  });
  return `#compdef unleak
_unleak() {
  local -a commands
  commands=(
${describe.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _unleak ]; then _unleak "$@"; else compdef _unleak unleak; fi
`;
}

function fish(commands: Completed[]): string {
  const lines = commands.flatMap(({ name, summary, hidden, words, options }) => {
    const within = `complete -c unleak -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    const flags = options.map(([flag, option]) => {
      const values = choicesOf(option);
      const value = option.type === 'boolean' ? '' : values ? ` -x -a ${quote(values)}` : ' -r';
      const short = option.short ? ` -s ${option.short}` : '';
      return `${within} -l ${flag}${short}${value} -d ${quote(option.help)}`;
    });
    const actions = words.length > 0 ? [`${within} -f -a ${quote(words.join(' '))}`] : [];
    const own = `complete -c unleak -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`;
    return [...(hidden ? [] : [own]), ...actions, ...flags];
  });
  return `${lines.join('\n')}\n`;
}

function choicesOf(option: Option): string {
  return option.choices?.join(' ') ?? '';
}

/** A word of a shell's language, whatever it holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
