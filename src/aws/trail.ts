import type { Operator } from './operator.ts';
import { type AwsFailure, clientConfig, failureOf, nameUserAgent } from './sdk.ts';
import { defaultRegions, optInRegions } from './trail-regions.ts';

/** What CloudTrail tells of a key's use. Times are ISO 8601, UTC. */
export interface TrailSummary {
  since: string;
  events: number;
  first?: string;
  last?: string;
  /** How often each was seen, most frequent first. */
  calls: [string, number][];
  addresses: [string, number][];
  agents: [string, number][];
  regions: [string, number][];
  /** ARN of the user, or of the role behind a session. */
  principals: [string, number][];
  errors: [string, number][];
  /** Regions that answered, and those that did not with the reason. */
  read: string[];
  unread: { region: string; reason: string }[];
  /** Regions that an account must opt in to, and this one has not: nobody can use a key there. */
  closed: string[];
  blindSpots: string[];
  capped: boolean;
}

export interface TrailEvent {
  id: string;
  name: string;
  time: Date;
  region: string;
  address: string;
  agent: string;
  principal?: string;
  error?: string;
}

/** LookupEvents keeps 90 days. */
const RETENTION_MS = 90 * 24 * 3600_000;
/** Events a region: 50 a page at two requests a second would take minutes for more. */
const MAX_EVENTS = 500;
/** Regions asked at one time: the limit of two requests a second is one of each region, that of sockets is eight. */
const LANES = 8;

const BLIND_SPOTS = [
  'LookupEvents keeps 90 days of management events: reads and writes of S3 objects, Lambda calls and other data events are not in it',
  'events arrive 5 to 15 minutes late: nothing found is not the same as not used',
  'calls refused because the key is inactive are not recorded',
];

/**
 * Everything LookupEvents knows of a key since a moment, from every region. A region that cannot be read is named and
 * does not fail the rest.
 */
export async function lookBack(
  keyId: string,
  since: Date,
  operator: Operator,
  { regions, ignore = () => false }: { regions?: string[]; ignore?: (event: TrailEvent) => boolean } = {},
): Promise<TrailSummary> {
  const start = new Date(Math.max(since.getTime(), Date.now() - RETENTION_MS));
  const optIn = regions ? [] : optInRegions(operator.partition.id);
  const all = regions ?? [...defaultRegions(operator.partition.id), ...optIn];
  const queue = [...all];
  const events = new Map<string, TrailEvent>();
  const read: string[] = [];
  const unread: { region: string; reason: string }[] = [];
  const closed: string[] = [];
  let capped = false;
  const lane = async () => {
    for (let region = queue.shift(); region; region = queue.shift()) {
      try {
        const found = await readRegion(keyId, start, region, operator);
        capped ||= found.length >= MAX_EVENTS;
        for (const event of found) events.set(event.id, event);
        read.push(region);
      } catch (error) {
        const failure = failureOf(error);
        if (optIn.includes(region) && isClosed(failure)) closed.push(region);
        else unread.push({ region, reason: reasonOf(failure) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, all.length) }, lane));
  const seen = [...events.values()]
    .filter((event) => !ignore(event))
    .sort((a, b) => a.time.getTime() - b.time.getTime());
  const count = (of: (event: TrailEvent) => string | undefined) => tally(seen.map(of));
  return {
    since: start.toISOString(),
    events: seen.length,
    first: seen[0]?.time.toISOString(),
    last: seen.at(-1)?.time.toISOString(),
    calls: count(({ name }) => name),
    addresses: count(({ address }) => address),
    agents: count(({ agent }) => agent),
    regions: count(({ region }) => region),
    principals: count(({ principal }) => principal),
    errors: count(({ error }) => error),
    read: read.sort(),
    unread,
    closed: closed.sort(),
    blindSpots: [
      ...(since < start ? ['the leak is older than the 90 days that are kept'] : []),
      ...(closed.length > 0
        ? [
            "regions count as not enabled when they do not know your credentials; session tokens of STS' global endpoint are unknown there too",
          ]
        : []),
      ...BLIND_SPOTS,
    ],
    capped,
  };
}

async function readRegion(
  keyId: string,
  start: Date,
  region: string,
  operator: Operator,
): Promise<TrailEvent[]> {
  const { CloudTrailClient, LookupEventsCommand } = await import('@aws-sdk/client-cloudtrail');
  const { connection } = operator;
  const client = nameUserAgent(
    new CloudTrailClient(await clientConfig('cloudtrail', { ...operator, region }, connection)),
    connection,
  );
  const events: TrailEvent[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await client.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: keyId }],
        StartTime: start,
        MaxResults: 50,
        NextToken,
      }),
    );
    for (const { EventId = '', EventName = '', EventTime = start, CloudTrailEvent = '{}' } of answer.Events ??
      []) {
      const detail = readDetail(CloudTrailEvent);
      events.push({ id: EventId, name: EventName, time: EventTime, region, ...detail });
    }
    NextToken = answer.NextToken;
  } while (NextToken && events.length < MAX_EVENTS);
  return events;
}

function readDetail(json: string): Pick<TrailEvent, 'address' | 'agent' | 'error' | 'principal'> {
  interface Detail {
    sourceIPAddress?: string;
    userAgent?: string;
    errorCode?: string;
    userIdentity?: { arn?: string; sessionContext?: { sessionIssuer?: { arn?: string } } };
  }
  try {
    const { sourceIPAddress = '?', userAgent = '?', errorCode, userIdentity } = JSON.parse(json) as Detail;
    const principal = userIdentity?.sessionContext?.sessionIssuer?.arn ?? userIdentity?.arn;
    return { address: sourceIPAddress, agent: userAgent, error: errorCode, principal };
  } catch {
    return { address: '?', agent: '?' };
  }
}

function isClosed({ code }: AwsFailure): boolean {
  return code === 'UnrecognizedClient' || code === 'InvalidClientTokenId';
}

function reasonOf(failure: AwsFailure): string {
  const { code, status } = failure;
  if (code.startsWith('AccessDenied')) return 'denied: cloudtrail:LookupEvents is needed';
  if (isClosed(failure)) return 'the region is not enabled in this account';
  return code || `status ${status}`;
}

function tally(values: (string | undefined)[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
