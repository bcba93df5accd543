import type { Input } from './input.ts';
import { Damaged } from './limits.ts';
import { type Member, memberPath, type Reading } from './member.ts';
import { nameOf, PdfFile } from './pdf-file.ts';
import { type PdfFont, readFont, utf16 } from './pdf-font.ts';
import { latin1, type PdfDict, PdfReference, type PdfValue } from './pdf-syntax.ts';
import { pageText } from './pdf-text.ts';
import { ByteStream, join } from './stream.ts';

/**
 * The text of a PDF, a member a page; `forms` (shared parts of pages and what is on none), `strings` (title, links,
 * comments, form values), `metadata` (XMP) and each attachment are members of their own.
 */
export function* readPdf(input: Input, reading: Reading): Generator<Member> {
  const file = new PdfFile(input.read(0, input.size), reading.budget);
  const member = (name: string, text: string | Uint8Array): Member => {
    reading.budget.countEntry();
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    return { path: memberPath(reading.path, name), content: new ByteStream([bytes]) };
  };
  const fonts = new FontShelf(file);
  const shown = new Map<number, PdfDict | undefined>();
  const forms: string[] = [];
  let hasPage = false;
  let pages = 0;
  let attachments = 0;
  for (const object of file.objects) {
    if (!(object.value instanceof Map)) continue;
    const type = file.typeOf(object);
    if (type === 'Page') {
      hasPage = true;
      const resources = resourcesOf(file, object.value);
      for (const number of contentNumbers(file, object.value)) shown.set(number, resources);
      const text = textOf(contentsOf(file, object.value), resources, fonts);
      if (file.isLatest(object)) pages++;
      const name = file.isLatest(object) ? `page ${pages}` : `page ${pages + 1} before an edit`;
      if (text !== '') yield member(name, text);
    } else if (type === 'Metadata' || type === 'EmbeddedFile') {
      const content = file.content(object);
      if (content !== undefined)
        yield member(type === 'Metadata' ? 'metadata' : `attachment ${++attachments}`, content);
    } else if (nameOf(object.value.get('Subtype')) === 'Form') {
      const content = file.content(object);
      if (content !== undefined) forms.push(textOf(content, file.dict(object.value.get('Resources')), fonts));
    }
  }
  if (forms.length > 0) yield member('forms', forms.join('\n'));
  for (const object of file.objects) {
    if (file.isLatest(object) || !shown.has(object.number)) continue;
    const text = textOf(file.content(object) ?? NOTHING, shown.get(object.number), fonts);
    if (text !== '') yield member(`object ${object.number} before an edit`, text);
  }
  const strings = new Set<string>();
  for (const object of file.objects) collectStrings(object.value, '', strings);
  if (strings.size > 0) yield member('strings', [...strings].join(''));
  if (file.damage !== undefined) throw new Damaged(file.damage);
  // Every PDF has one: what is in this cannot be told.
  if (!hasPage) throw new Damaged('damaged: no page was found in it');
}

/** Fonts by their dictionary, each read once. */
class FontShelf {
  readonly #file: PdfFile;
  readonly #fonts = new Map<PdfDict, PdfFont>();

  constructor(file: PdfFile) {
    this.#file = file;
  }

  find(resources: PdfDict | undefined, name: string): PdfFont | undefined {
    const dict = this.#file.dict(this.#file.dict(resources?.get('Font'))?.get(name));
    if (dict === undefined) return undefined;
    let font = this.#fonts.get(dict);
    if (font === undefined) this.#fonts.set(dict, (font = readFont(this.#file, dict)));
    return font;
  }
}

function textOf(content: Uint8Array, resources: PdfDict | undefined, fonts: FontShelf): string {
  const text = pageText(content, (name) => fonts.find(resources, name));
  return text.trim() === '' ? '' : `${text}\n`;
}

function contentsOf(file: PdfFile, page: PdfDict): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const number of contentNumbers(file, page)) {
    const part = file.content(file.find(number));
    if (part !== undefined) parts.push(part, SPACE);
  }
  return join(parts);
}

function contentNumbers(file: PdfFile, page: PdfDict): number[] {
  const contents = page.get('Contents');
  const list = file.resolve(contents);
  const streams = Array.isArray(list) ? list : [contents];
  return streams.flatMap((stream) => (stream instanceof PdfReference ? [stream.number] : []));
}

const SPACE = Uint8Array.of(0x20);
const NOTHING = new Uint8Array(0);

/** Resources may be inherited from the nodes above (ISO 32000-1, 7.7.3.4). */
function resourcesOf(file: PdfFile, page: PdfDict): PdfDict | undefined {
  let node: PdfDict | undefined = page;
  for (let steps = 0; node !== undefined && steps < 32; steps++) {
    const resources = file.dict(node.get('Resources'));
    if (resources !== undefined) return resources;
    node = file.dict(node.get('Parent'));
  }
  return undefined;
}

/** Keys whose strings are ids or dates. */
const DULL = new Set([
  'ID',
  'CreationDate',
  'ModDate',
  'M',
  'Lang',
  'Producer',
  'Ordering',
  'Registry',
  'DA',
  'NM',
]);

function collectStrings(value: PdfValue, key: string, strings: Set<string>): void {
  if (value instanceof Uint8Array) {
    if (value.length > 3 && !DULL.has(key)) strings.add(`${key}: ${decodeText(value)}\n`);
  } else if (Array.isArray(value)) {
    for (const item of value) collectStrings(item, key, strings);
  } else if (value instanceof Map) {
    for (const [name, item] of value) collectStrings(item, name, strings);
  }
}

/** A text string: UTF-16 or UTF-8 behind a mark, or one byte a character (7.9.2.2). */
function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return Buffer.from(bytes.subarray(3)).toString();
  return latin1(bytes);
}
