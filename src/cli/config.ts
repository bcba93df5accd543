import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../model/errors.ts';
import { nearest } from '../model/nearest.ts';
import { count } from '../report/figures.ts';
import { makeVisible } from '../report/shown.ts';
import { baselinePath, readBaseline, writeWhole } from '../suppress/baseline-file.ts';
import { type Config, checkRuleIds, loadConfig } from '../suppress/config.ts';
import { CONFIG_FILES } from '../suppress/config-file.ts';
import type { Command, Io, Values } from './command.ts';

export interface ConfigNeeds {
  /** Ids of the built-in rules. */
  ruleIds(): Promise<readonly string[]>;
}

/** @param needs what the catalogue tells, asked only when the command runs */
export function configCommand(needs: ConfigNeeds): Command {
  const actions: Record<string, (values: Values, io: Io) => Promise<number>> = { show, check, init };
  return {
    name: 'config',
    summary: 'show, check or begin the configuration',
    usage: 'config show|check|init',
    description:
      'show prints what is in force and the file and line of each setting; check reads everything the configuration names (rules, baseline, other tools’ lists) and says what is wrong; init writes a commented unleak.yaml.',
    options: {
      config: { type: 'string', value: 'FILE', help: 'This file, instead of the one that is found.' },
      'no-repo-config': { type: 'boolean', help: 'Ignore the configuration that is found.' },
    },
    examples: [
      ['unleak config show', 'what is in force, and where each setting came from'],
      ['unleak config check --config ci/unleak.yaml', 'read a configuration without scanning'],
      ['unleak config init', 'write a commented unleak.yaml here'],
    ],
    async run({ values, positionals: [action, ...rest] }, io) {
      if (!Object.hasOwn(actions, action ?? '') || rest.length > 0) {
        const hint = nearest(action ?? '', Object.keys(actions));
        throw new UserError(
          `unleak config takes show, check or init${hint && hint !== action ? `: did you mean ${hint}?` : ''}`,
        );
      }
      return actions[action](values, io);
    },
  };

  async function show(values: Values, io: Io): Promise<number> {
    const config = await load(values, io);
    const { showConfig } = await import('../suppress/show-config.ts');
    io.stdout.write(
      showConfig(config, io.cwd)
        .split('\n')
        .map((line) => makeVisible(line))
        .join('\n'),
    );
    for (const warning of config.warnings) io.stderr.write(`${makeVisible(warning)}\n`);
    return 0;
  }

  async function check(values: Values, io: Io): Promise<number> {
    const config = await load(values, io);
    if (config.files.length === 0) {
      throw new UserError(`no configuration found from ${io.cwd} upward: unleak config init writes one`);
    }
    const { loadRules } = await import('../rules/load.ts');
    const own = loadRules(config.rules, { own: true }).rules;
    await checkPatterns(own);
    const builtIn = await needs.ruleIds();
    for (const [index, { id }] of own.entries()) {
      if (builtIn.includes(id)) {
        throw new UserError(
          `${config.origins[`rules[${index}]`] ?? 'rules'}: rule ${id} is built in: choose another id`,
        );
      }
    }
    checkRuleIds(config, [...builtIn, ...own.map(({ id }) => id)]);
    const baseline = await readBaseline(baselinePath(config, io.cwd));
    if (config.baseline && !baseline) {
      throw new UserError(`${config.origins.baseline}: no such baseline: unleak baseline add makes one`);
    }
    const { readAcceptedList } = await import('../suppress/foreign/accepted-lists.ts');
    for (const path of config.foreignBaselines)
      config.warnings.push(...(await readAcceptedList(path)).warnings);
    for (const warning of config.warnings) io.stderr.write(`${makeVisible(warning)}\n`);
    const files = config.files.map((path) => relative(io.cwd, path)).join(', ');
    io.stdout.write(
      `${files}: fine (${count(own.length, 'own rule')}, ${count(config.allow.length, 'allowance')}, ${count(baseline?.entries.length ?? 0, 'accepted finding')})\n`,
    );
    return 0;
  }

  async function init(_: Values, io: Io): Promise<number> {
    const existing = CONFIG_FILES.find((name) => existsSync(join(io.cwd, name)));
    if (existing)
      throw new UserError(`${existing} exists already: change it, unleak config show tells what is in force`);
    const { STARTER_CONFIG } = await import('../suppress/starter-config.ts');
    await writeWhole(join(io.cwd, 'unleak.yaml'), STARTER_CONFIG);
    io.stdout.write('Wrote unleak.yaml: every key is in it, commented out\n');
    return 0;
  }
}

function load(values: Values, { cwd }: Io): Promise<Config> {
  return loadConfig({
    cwd,
    file: values.config as string | undefined,
    ignoreRepository: Boolean(values['no-repo-config']),
  });
}

async function checkPatterns(rules: { id: string; pattern: string; flags: string }[]): Promise<void> {
  const { checkPattern } = await import('../rules/safe-pattern.ts');
  for (const { id, pattern, flags } of rules) {
    const reason = checkPattern(pattern, flags);
    if (reason) throw new UserError(`rule ${id}: its pattern is refused: ${reason}`);
  }
}
