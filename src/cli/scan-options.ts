import { CONFIDENCES } from '../model/finding.ts';
import { FORMATS } from '../report/formats.ts';
import type { Options } from './command.ts';
import { VERIFY_OPTIONS } from './verify-options.ts';

/** Where a report goes. */
export const REPORT_OPTIONS: Options = {
  format: { type: 'string', value: 'FORMAT', choices: FORMATS, help: 'What to print (default text)' },
  output: {
    type: 'string',
    multiple: true,
    short: 'o',
    value: 'FILE',
    help: 'Write to FILE; FORMAT=FILE, several times, for several reports',
  },
  'show-secrets': { type: 'boolean', help: 'Print secrets instead of their masks' },
  'no-color': { type: 'boolean', help: 'No colours' },
  quiet: { type: 'boolean', short: 'q', help: 'Print nothing when nothing was found' },
};

/** What all commands that scan have in common. */
export const SCAN_OPTIONS: Options = {
  ...REPORT_OPTIONS,
  config: { type: 'string', value: 'FILE', help: 'Configuration; none is looked for then' },
  'no-repo-config': { type: 'boolean', help: 'Ignore the configuration that the scanned repository brings' },
  baseline: { type: 'string', value: 'FILE', help: 'Accepted findings (default .unleak-baseline)' },
  'show-suppressed': { type: 'boolean', help: 'List what baseline, comments and configuration hide' },
  rule: { type: 'string', multiple: true, value: 'ID', help: 'Only these rules' },
  'no-rule': { type: 'string', multiple: true, value: 'ID', help: 'Not these rules' },
  'min-confidence': {
    type: 'string',
    value: 'LEVEL',
    choices: CONFIDENCES,
    help: 'Least confidence to report (default medium)',
  },
  'include-public': { type: 'boolean', help: 'Report values that are public by design too' },
  'include-expired': { type: 'boolean', help: 'Report credentials that their own text says are over' },
  verify: { type: 'boolean', help: 'Ask the issuers whether what was found still works' },
  ...VERIFY_OPTIONS,
  'max-file-size': { type: 'string', value: 'SIZE', help: 'Skip larger files and say so, such as 10MB' },
  'no-archives': { type: 'boolean', help: 'Take archives and documents as the bytes they are' },
  jobs: { type: 'string', short: 'j', value: 'N', help: 'Threads (default: one a core)' },
  'no-progress': { type: 'boolean', help: 'No progress on the terminal' },
};
