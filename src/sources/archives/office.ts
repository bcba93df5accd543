/** The parts of docx, pptx, xlsx and OpenDocument files that hold what people typed. */
const OFFICE_TEXT =
  /!\/(?:word\/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)|ppt\/(?:slides|notesSlides)\/[^/]+|xl\/(?:sharedStrings|comments\d*|worksheets\/[^/]+)|content)\.xml$/;

export function isOfficeText(path: string): boolean {
  return path.endsWith('.xml') && OFFICE_TEXT.test(path);
}

/**
 * Whether XML stops before its outermost element is closed. Told by its last tag: to count all of them would take a
 * `>` in an attribute's value for the end of a tag.
 */
export function isCutXml(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const root = /^[^<]*(?:<[?!][^>]*>[^<]*){0,20}<([\w:.-]{1,100})([^>]*)>/.exec(
    view.toString('latin1', 0, ROOT),
  );
  if (!root) return view.toString('latin1', 0, ROOT).trim() !== '' && !hasUtf16Mark(bytes);
  if (root[2].endsWith('/')) return false;
  const end = view.toString('latin1', Math.max(0, bytes.length - TAIL)).replace(/<!--.*?-->|<\?.*?\?>/gs, '');
  return !new RegExp(`</${root[1].replaceAll('.', '\\.')}\\s*>\\s*$`).test(end);
}

/** The outermost tag with its name spaces, in bytes. */
const ROOT = 65_536;
/** The last tag, and comments behind it. */
const TAIL = 4096;

function hasUtf16Mark([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Elements that end a line: paragraphs, breaks, shared strings, cells and rows. */
const LINE_ENDS = new Set([
  'w:p',
  'w:br',
  'a:p',
  'a:br',
  'si',
  'text',
  'row',
  'text:p',
  'text:h',
  'text:line-break',
]);
const GAPS = new Set(['w:tab', 'text:tab', 'text:s', 'c', 'w:tc', 'table:table-cell']);
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Attributes shorter than this are styles and ids; links and connection strings are longer. In characters. */
const LONG_ATTRIBUTE = 20;

/**
 * Text as it reads on the page, a paragraph a line: word processors cut a word into runs with tags between wherever
 * spelling or an edit touched it. Long attribute values, such as links, follow below.
 */
export function officeText(bytes: Uint8Array): Uint8Array {
  const xml = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const text: string[] = [];
  const links = new Set<string>();
  let at = 0;
  while (at < xml.length) {
    const open = xml.indexOf('<', at);
    if (open < 0) break;
    if (open > at) text.push(decodeEntities(xml.slice(at, open)));
    const close = xml.indexOf('>', open);
    if (close < 0) {
      at = open;
      break;
    }
    const tag = xml.slice(open + 1, close);
    const name = /^\/?([\w:.-]*)/.exec(tag)![1];
    const ends = tag.startsWith('/') || tag.endsWith('/');
    if (ends && LINE_ENDS.has(name)) text.push('\n');
    else if (ends && GAPS.has(name)) text.push('\t');
    if (tag.length > LONG_ATTRIBUTE && !tag.startsWith('?')) collectLinks(tag, links);
    at = close + 1;
  }
  text.push(xml.slice(at));
  return Buffer.from(`${text.join('')}\n${[...links].join('\n')}\n`);
}

function collectLinks(tag: string, links: Set<string>): void {
  for (const [, name, value] of tag.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (value.length >= LONG_ATTRIBUTE && !name.startsWith('xmlns')) links.add(decodeEntities(value));
  }
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,4}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
