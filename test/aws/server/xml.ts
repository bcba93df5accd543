/** What an XML answer is made from: arrays become `<member>` elements, as in the Query protocol; undefined is left out. */
export type Xml = string | number | boolean | Date | undefined | Xml[] | { [name: string]: Xml };

export function toXml(name: string, value: Xml): string {
  if (value === undefined) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: Xml): string {
  if (Array.isArray(value)) return value.map((item) => toXml('member', item)).join('');
  if (value instanceof Date) return value.toISOString().replace(/\.\d{3}/, '');
  if (value === null || typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .map(([name, item]) => toXml(name, item))
    .join('');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
