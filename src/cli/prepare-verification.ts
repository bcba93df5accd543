import { UserError } from '../model/errors.ts';
import type { RuleDetails } from '../rules/rule.ts';
import type { Config } from '../suppress/config.ts';
import type { AwsService } from '../verify/aws-service-keys.ts';
import type { VerifyOptions } from '../verify/verify-findings.ts';
import { checkEndpoint, connect, signInAs } from './aws-options.ts';
import type { Io, Values } from './command.ts';
import { VERSION } from './version.ts';

/** What the configuration says about verification. The hosts of one that was found in what is scanned (`trusted` is false) are not allowed, for its author may be anyone. */
export type VerifyConfig = Pick<Config, 'trusted' | 'verify'>;

/**
 * @param builtIn details of the built-in rules: their hosts may be asked
 * @param details details of all rules in use
 */
export async function verifyOptions(
  values: Values,
  io: Io,
  { builtIn, details, config }: { builtIn: RuleDetails[]; details: RuleDetails[]; config?: VerifyConfig },
): Promise<VerifyOptions> {
  const { hostOf } = await import('../verify/declared-check.ts');
  const list = (name: string) => (values[name] as string[] | undefined) ?? [];
  const allowHosts = config?.trusted ? config.verify.allowHosts : [];
  return {
    requests: new Map(details.flatMap(({ id, verify }) => (verify ? [[id, verify] as const] : []))),
    hosts: new Set([...builtIn.flatMap(({ verify }) => (verify ? [hostOf(verify)] : [])), ...allowHosts]),
    allowPrivate: values['verify-private'] === true,
    env: io.env,
    version: VERSION,
    timeoutMs: readSeconds(values['verify-timeout'] as string | undefined),
    signal: io.signal,
    aws: {
      endpoint: checkEndpoint(values['aws-endpoint'] as string | undefined),
      accounts: {
        allow: [...list('verify-accounts'), ...(config?.verify.allowAccounts ?? [])],
        deny: [...list('verify-not-accounts'), ...(config?.verify.denyAccounts ?? [])],
        canaries: [...list('canary-accounts'), ...(config?.verify.canaryAccounts ?? [])],
      },
      otherPartitions: list('partition'),
      services: list('verify-aws-service') as AwsService[],
      ...(values['verify-with-own'] === true && { own: await ownCredentials(values, io) }),
    },
  };
}

async function ownCredentials(values: Values, io: Io) {
  const operator = await signInAs(values, io, await connect(values, io));
  return operator.credentials;
}

function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 300) return seconds * 1000;
  throw new UserError(`--verify-timeout ${text}: give seconds, from 1 to 300`);
}
