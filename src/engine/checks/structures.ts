/** Formats that a secret must parse as: `checks.structure` of a rule names one. True when it parses. */
export const STRUCTURES: Record<string, (secret: string) => boolean> = {
  /** Three base64url parts, the first two JSON objects (RFC 7519). */
  jwt: (secret) => {
    const parts = secret.split('.');
    return parts.length === 3 && parseJsonPart(parts[0])?.alg !== undefined && parseJsonPart(parts[1]) !== undefined;
  },
};

function parseJsonPart(part: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}
