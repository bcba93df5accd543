import { UserError } from '../model/errors.ts';

/** One of AWS' separate worlds: own operators, own accounts, own hosts. A key works in one alone, and its id does not say which. */
export interface Partition {
  id: string;
  /** Where STS is asked, and requests are signed for, when no region is given. */
  region: string;
  /** The region that IAM requests are signed for. */
  iamRegion: string;
  iamHost: string;
  /** Where Organizations lives. */
  organizationsRegion: string;
  /** The end of its hosts' names. */
  suffix: string;
  regions: RegExp;
  console: string;
}

/** Hosts as in the endpoint rules of the official SDK. */
export const PARTITIONS: readonly Partition[] = [
  {
    id: 'aws',
    region: 'us-east-1',
    iamRegion: 'us-east-1',
    iamHost: 'iam.amazonaws.com',
    organizationsRegion: 'us-east-1',
    suffix: 'amazonaws.com',
    regions: /^(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/,
    console: 'console.aws.amazon.com',
  },
  {
    id: 'aws-cn',
    region: 'cn-north-1',
    iamRegion: 'cn-north-1',
    iamHost: 'iam.cn-north-1.amazonaws.com.cn',
    organizationsRegion: 'cn-northwest-1',
    suffix: 'amazonaws.com.cn',
    regions: /^cn-[a-z]+-\d$/,
    console: 'console.amazonaws.cn',
  },
  {
    id: 'aws-us-gov',
    region: 'us-gov-west-1',
    iamRegion: 'us-gov-west-1',
    iamHost: 'iam.us-gov.amazonaws.com',
    organizationsRegion: 'us-gov-west-1',
    suffix: 'amazonaws.com',
    regions: /^us-gov-[a-z]+-\d$/,
    console: 'console.amazonaws-us-gov.com',
  },
  {
    id: 'aws-eusc',
    region: 'eusc-de-east-1',
    iamRegion: 'eusc-de-east-1',
    iamHost: 'iam.eusc-de-east-1.amazonaws.eu',
    organizationsRegion: 'eusc-de-east-1',
    suffix: 'amazonaws.eu',
    regions: /^eusc-[a-z]+-[a-z]+-\d$/,
    console: 'console.amazonaws-eusc.eu',
  },
];

/** @throws {UserError} when there is no such partition */
export function partitionNamed(id: string): Partition {
  const found = PARTITIONS.find((partition) => partition.id === id);
  if (found) return found;
  throw new UserError(`no AWS partition ${id}: it is one of ${PARTITIONS.map(({ id }) => id).join(', ')}`);
}

/** @throws {UserError} when the name has the shape of no region */
export function partitionOfRegion(region: string): Partition {
  const found = PARTITIONS.find(({ regions }) => regions.test(region));
  if (found) return found;
  throw new UserError(`${region} is no AWS region: a region is named like us-east-1 or cn-north-1`);
}

/** The official address of a service. `cloudtrail`, `secretsmanager` and `ssm` have one host a region; Organizations has one a partition. */
export function endpointOf(service: string, partition: Partition, region: string): string {
  if (service === 'iam') return `https://${partition.iamHost}`;
  if (service === 'organizations')
    return `https://organizations.${partition.organizationsRegion}.${partition.suffix}`;
  return `https://${service}.${region}.${partition.suffix}`;
}

/** The region that requests to a service are signed for. */
export function signingRegion(service: string, partition: Partition, region: string): string {
  if (service === 'iam') return partition.iamRegion;
  return service === 'organizations' ? partition.organizationsRegion : region;
}
