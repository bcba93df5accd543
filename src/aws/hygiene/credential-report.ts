import type { IAM } from '@aws-sdk/client-iam';
import { UserError } from '../../model/errors.ts';
import { explainFailure } from '../iam.ts';
import { failureOf } from '../sdk.ts';

/** One user of the credential report. Times are dates; absent: never, or not known. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
export interface ReportRow {
  user: string;
  arn: string;
  isRoot: boolean;
  created?: Date;
  hasPassword: boolean;
  passwordChanged?: Date;
  passwordUsed?: Date;
  hasMfa: boolean;
  /** Slots that hold a key, active or not. */
  keys: { slot: 1 | 2; isActive: boolean; made?: Date; used?: Date; service?: string; region?: string }[];
}

/** The report is made by a job; asked for this often, this long apart (milliseconds). */
const TRIES = 15;
const DELAY = 2000;

/**
 * Asks IAM to make the report and reads it. IAM makes a new one at most every four hours and gives the last one until then.
 * @throws {UserError} when it cannot be made or read
 */
export async function readCredentialReport(
  iam: IAM,
  who: string,
  delayMs = DELAY,
): Promise<{ rows: ReportRow[]; generated?: Date }> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const { State } = await iam.generateCredentialReport({});
      if (State === 'COMPLETE') {
        const { Content, GeneratedTime } = await iam.getCredentialReport({});
        return { rows: parseCredentialReport(new TextDecoder().decode(Content)), generated: GeneratedTime };
      }
    } catch (error) {
      const { code } = failureOf(error);
      if (!/^(?:ReportInProgress|ReportNotPresent|ReportExpired|CredentialReport)/.test(code))
        throw explainFailure(error, 'iam:GenerateCredentialReport', who);
    }
    await new Promise((done) => setTimeout(done, delayMs));
  }
  throw new UserError(
    'IAM has not finished its credential report: run the same command again in a minute',
    3,
  );
}

/** No cell of the report holds a comma or a quote: names of users cannot. */
export function parseCredentialReport(csv: string): ReportRow[] {
  const [head = '', ...lines] = csv.trim().split(/\r?\n/);
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    const user = cell('user');
    const slots = ([1, 2] as const).map((slot) => ({
      slot,
      isActive: cell(`access_key_${slot}_active`).toLowerCase() === 'true',
      made: readDate(cell(`access_key_${slot}_last_rotated`)),
      used: readDate(cell(`access_key_${slot}_last_used_date`)),
      service: readText(cell(`access_key_${slot}_last_used_service`)),
      region: readText(cell(`access_key_${slot}_last_used_region`)),
    }));
    return {
      user,
      arn: cell('arn'),
      isRoot: user === '<root_account>' || cell('arn').endsWith(':root'),
      created: readDate(cell('user_creation_time')),
      hasPassword: cell('password_enabled').toLowerCase() === 'true',
      passwordChanged: readDate(cell('password_last_changed')),
      passwordUsed: readDate(cell('password_last_used')),
      hasMfa: cell('mfa_active').toLowerCase() === 'true',
      keys: slots.filter(({ isActive, made }) => isActive || made !== undefined),
    };
  });
}

function readDate(text: string): Date | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}

function readText(text: string): string | undefined {
  return text && !/^(?:N\/A|no_information|not_supported)$/.test(text) ? text : undefined;
}
