/**
 * JSON whose bytes are harmless on a terminal and honest in an editor: what `JSON.stringify` leaves of control characters
 * (C1, among them a one-byte CSI), marks that reorder text and characters without a width is escaped. Its meaning is the same.
 */
export function toJsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(INVISIBLE, escapeUnits);
}

const INVISIBLE =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

function escapeUnits(units: string): string {
  let escaped = '';
  for (let i = 0; i < units.length; i++) {
    escaped += `\\u${units.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
