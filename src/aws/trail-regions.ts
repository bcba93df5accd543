import { UserError } from '../model/errors.ts';
import type { Partition } from './partitions.ts';

/** Regions that every account of a partition has from the start, and so the ones an intruder can use at once. */
export function defaultRegions(partition: string): string[] {
  return (DEFAULT_REGIONS[partition] ?? '').split(' ').filter(Boolean);
}

/**
 * Regions that an account must opt in to. Which of them it has would take a permission more to ask (account:ListRegions);
 * LookupEvents tells it as well, for a region that is not enabled knows no key of the account.
 */
export function optInRegions(partition: string): string[] {
  return (OPT_IN_REGIONS[partition] ?? '').split(' ').filter(Boolean);
}

/** @throws {UserError} naming the first that is no region of the partition */
export function checkRegions(regions: string[], { id, regions: shape, region }: Partition): void {
  const wrong = regions.find((name) => !shape.test(name));
  if (wrong)
    throw new UserError(`--regions ${wrong} is no region of partition ${id}: they are named like ${region}`);
}

/** Both lists together are the regions that the official SDK's endpoint rules name. */
const DEFAULT_REGIONS: Record<string, string> = {
  aws:
    'us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-northeast-1 ap-northeast-2 ' +
    'ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 sa-east-1',
  'aws-cn': 'cn-north-1 cn-northwest-1',
  'aws-us-gov': 'us-gov-west-1 us-gov-east-1',
  'aws-eusc': 'eusc-de-east-1',
};

const OPT_IN_REGIONS: Record<string, string> = {
  aws:
    'af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-west-1 ' +
    'eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-west-1',
};
