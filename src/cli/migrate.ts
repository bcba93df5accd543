import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../model/errors.ts';
import { count } from '../report/figures.ts';
import { makeVisible } from '../report/shown.ts';
import { writeWhole } from '../suppress/baseline-file.ts';
import { CONFIG_FILES } from '../suppress/config-file.ts';
import type { Command } from './command.ts';

export interface MigrateNeeds {
  /** Ids of the built-in rules. */
  ruleIds(): Promise<readonly string[]>;
}

/** @param needs what the catalogue tells, asked only when the command runs */
export function migrateCommand(needs: MigrateNeeds): Command {
  return {
    name: 'migrate',
    summary: "write native files from another scanner's",
    usage: 'migrate [file..]',
    description:
      'Reads .gitleaks.toml, .betterleaks.toml, .gitleaksignore and .secrets.baseline from the current folder (or the files given), writes unleak.yaml and unleak-rules.yaml, and lists what it could not carry over, with the line. The originals are not touched. Lists of accepted findings are named in unleak.yaml and honoured as they are; unleak baseline add turns what is left into a baseline.',
    options: {
      'dry-run': { type: 'boolean', help: 'Print the files instead of writing them.' },
      force: { type: 'boolean', help: 'Overwrite files that exist.' },
      quiet: { type: 'boolean', short: 'q', help: 'Do not list what changed its meaning a little.' },
    },
    examples: [
      ['unleak migrate', 'carry over what the current folder has'],
      ['unleak migrate --dry-run config/gitleaks.toml', 'look at what one file would become'],
    ],
    async run({ values, positionals }, { stdout, stderr, cwd }) {
      const { FOREIGN_FILES, MIGRATED_RULES_FILE, migrate } = await import('../suppress/migrate.ts');
      const paths =
        positionals.length > 0 ? positionals : FOREIGN_FILES.filter((name) => existsSync(join(cwd, name)));
      if (paths.length === 0) {
        throw new UserError(`nothing to migrate: none of ${FOREIGN_FILES.join(', ')} is here; name the file`);
      }
      const result = await migrate(
        cwd,
        paths.map((path) => relative(cwd, join(cwd, path)) || path),
        await needs.ruleIds(),
      );
      const files: [string, string][] = [['unleak.yaml', result.config]];
      if (result.rules) files.push([MIGRATED_RULES_FILE, result.rules]);
      const existing = [...CONFIG_FILES, MIGRATED_RULES_FILE].filter((name) => existsSync(join(cwd, name)));
      if (existing.length > 0 && !values.force && !values['dry-run']) {
        throw new UserError(
          `${existing.join(' and ')} exists already: --force overwrites, --dry-run only prints`,
        );
      }
      for (const [name, text] of files) {
        if (values['dry-run']) stdout.write(`# ${name}\n${text}\n`);
        else await writeWhole(join(cwd, name), text);
      }
      const { rules, allowances, accepted } = result.counts;
      const out = values['dry-run'] ? stderr : stdout;
      out.write(
        `${values['dry-run'] ? 'Would write' : 'Wrote'} ${files.map(([name]) => name).join(' and ')}: ${count(rules, 'rule')}, ${count(allowances, 'allowance')}, ${count(accepted, 'accepted finding')}.\n`,
      );
      if (result.changed.length > 0 && !values.quiet) {
        out.write(
          `\nMeans nearly the same (${result.changed.length}):\n${result.changed.map((line) => `  ${makeVisible(line)}\n`).join('')}`,
        );
      }
      if (result.lost.length > 0) {
        out.write(
          `\nNot carried over (${result.lost.length}):\n${result.lost.map((line) => `  ${makeVisible(line)}\n`).join('')}`,
        );
      }
      return 0;
    },
  };
}
