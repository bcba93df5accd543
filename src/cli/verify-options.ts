import type { Options } from './command.ts';

/** Options of every command that can ask issuers. */
export const VERIFY_OPTIONS: Options = {
  'aws-endpoint': { type: 'string', value: 'URL', help: 'Ask this server instead of AWS STS' },
  partition: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    choices: ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'],
    help: 'Ask these AWS partitions too when the likely one does not know a key (shows the id to their operators)',
  },
  'verify-accounts': {
    type: 'string',
    multiple: true,
    value: 'ID',
    help: 'Ask only about keys of these AWS accounts',
  },
  'verify-not-accounts': {
    type: 'string',
    multiple: true,
    value: 'ID',
    help: 'Never ask about keys of these AWS accounts',
  },
  'canary-accounts': {
    type: 'string',
    multiple: true,
    value: 'ID',
    help: 'AWS accounts of bait keys, besides the known ones',
  },
  'verify-aws-service': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    choices: ['bedrock', 'appsync', 'ses', 'codecommit'],
    help: 'Ask these AWS services about their own keys too: such a key leaves this machine, for the official host',
  },
  'verify-with-own': {
    type: 'boolean',
    help: 'Name the account of old AWS keys by GetAccessKeyInfo, with your own credentials',
  },
  'verify-private': { type: 'boolean', help: 'Let questions go to private and loopback addresses' },
  'verify-timeout': { type: 'string', value: 'SECONDS', help: 'Wait no longer for one answer (5)' },
};
