/** What a session token holds in clear. */
export interface SessionToken {
  /** The region that issued it. */
  region?: string;
  accountId?: string;
}

/**
 * Reads an STS session token. Its base64 holds a version byte, then protobuf: field 1 a fixed name (`origin_ec`, `aws`,
 * `er/aws`), in current tokens field 3 the region and field 5 a message whose field 3 is the account. Nothing in it
 * tells when it ends.
 */
export function parseSessionToken(token: string): SessionToken {
  const bytes = Buffer.from(token, 'base64');
  const fields = readFields(bytes.subarray(1));
  const region = fields.get(3)?.toString('latin1');
  const inner = fields.get(5);
  const account = inner && readFields(inner).get(3)?.toString('latin1');
  return {
    ...(region && /^[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(region) && { region }),
    ...(account && /^\d{12}$/.test(account) && { accountId: account }),
  };
}

/** Protobuf's length-delimited fields, the first of each number; stops at what does not parse. */
function readFields(bytes: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; at < bytes.length && shift < 35; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return -1;
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (tag < 8) break;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (length < 0 || at + length > bytes.length) break;
      if (!fields.has(tag >> 3)) fields.set(tag >> 3, bytes.subarray(at, at + length));
      at += length;
    } else break;
  }
  return fields;
}
