import { randomInt } from 'node:crypto';
import { checkHook } from '../git/hooks/check.ts';
import { probeHook } from '../git/hooks/probe.ts';
import { UserError } from '../model/errors.ts';
import { expandTemplate } from '../rules/templates.ts';
import type { Command, Io } from './command.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Prove that the commit hook would stop a secret',
  usage: 'doctor',
  description:
    'Runs the pre-commit hook as git would, on a temporary index in which a made-up secret is planted, and says whether the commit would have been stopped; if not, why not. The repository, its index and its objects stay as they are.',
  options: {},
  examples: [['unleak doctor', 'would git commit stop a secret here?']],
  async run({ positionals: [other] }, io) {
    if (other !== undefined)
      throw new UserError(`unleak doctor takes no ${other}: it looks at this repository`);
    const { file, place, problems, runs } = checkHook('pre-commit', io);
    io.stdout.write(`hooks run by  ${place.manager}\npre-commit    ${file}\n`);
    for (const problem of problems) io.stdout.write(`problem       ${problem}\n`);
    if (!runs) return say(io, false, 'git commit runs no hook here, so a secret would be committed.');
    const { outcome, output } = probeHook(file, place.root, plantedText(), io);
    if (outcome === 'caught')
      return say(io, true, 'A planted secret was stopped: git commit is guarded here.');
    const written = output.trim();
    if (written) io.stdout.write(`the hook says ${written.split('\n').join('\n              ')}\n`);
    if (outcome === 'passed') {
      return say(io, false, 'The hook ran and let a planted secret through, so a secret would be committed.');
    }
    return say(
      io,
      false,
      'The hook failed before it found the planted secret, so every commit would be stopped.',
    );
  },
};

function say({ stdout }: Io, good: boolean, text: string): number {
  stdout.write(`${good ? 'ok' : 'NOT GUARDED'}: ${text}\n`);
  return good ? 0 : 1;
}

/** Credentials that nobody has: random, in the form that their vendors issue. */
function plantedText(): string {
  const template =
    'aws_access_key_id = {aws-id:AKIA}\naws_secret_access_key = {aws-secret}\ngithub_token = ghp_{base62:30}{crc32}\n';
  return expandTemplate(template, randomInt(2 ** 32));
}
