import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { expand, expandFile, missing, run, workshop } from './tools.ts';

/** A PDF of these objects, numbered from 1; `[dictionary, content]` is a stream. Without a cross-reference table, which readers rebuild. */
function pdfOf(...objects: (string | [dictionary: string, content: string | Buffer])[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  for (const [i, object] of objects.entries()) {
    parts.push(Buffer.from(`${i + 1} 0 obj\n`));
    if (typeof object === 'string') parts.push(Buffer.from(object, 'latin1'));
    else {
      const content = Buffer.from(object[1] as string, 'latin1');
      parts.push(Buffer.from(`<< ${object[0]} /Length ${content.length} >>\nstream\n`), content);
      parts.push(Buffer.from('\nendstream'));
    }
    parts.push(Buffer.from('\nendobj\n'));
  }
  parts.push(Buffer.from('trailer << /Root 1 0 R >>\n%%EOF\n'));
  return Buffer.concat(parts);
}

const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>';
const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> >> >>';
const PAGE = '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 600 800] >>';
const HELVETICA = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

function pageOf(
  content: string | Buffer,
  dictionary = '',
  font = HELVETICA,
  ...more: Parameters<typeof pdfOf>
): Buffer {
  return pdfOf(CATALOG, PAGES, PAGE, [dictionary, content as string], font, ...more);
}

function textOf(pdf: Buffer): string {
  const { members, skipped } = expand('x.pdf', pdf);
  expect(skipped).toEqual([]);
  return Buffer.from(members['x.pdf!/page 1'], 'latin1').toString().trim();
}

const SHOWN = 'BT /F1 12 Tf 50 700 Td (token = \\(a\\)\\061) Tj ET';

describe('the text of a page', () => {
  it.each<[string, (content: Buffer) => Buffer]>([
    ['', (content) => content],
    ['/FlateDecode', (content) => deflateSync(content)],
    ['/ASCIIHexDecode', (content) => Buffer.from(`${content.toString('hex')}>`)],
    ['[/ASCIIHexDecode /FlateDecode]', (content) => Buffer.from(`${deflateSync(content).toString('hex')}>`)],
    [
      '/RunLengthDecode',
      (content) => Buffer.concat([Buffer.of(content.length - 1), content, Buffer.of(128)]),
    ],
  ])('is read through the filter %s', (filter, encode) => {
    const dictionary = filter === '' ? '' : `/Filter ${filter}`;
    expect(textOf(pageOf(encode(Buffer.from(SHOWN)), dictionary))).toBe('token = (a)1');
  });

  it.skipIf(missing('python3'))('is read through ASCII85, as Python writes it', () => {
    const script =
      'import base64,sys; sys.stdout.buffer.write(base64.a85encode(sys.argv[1].encode(), adobe=True)[2:])';
    const encoded = execFileSync('python3', ['-c', script, SHOWN]);
    expect(textOf(pageOf(encoded, '/Filter /ASCII85Decode'))).toBe('token = (a)1');
  });

  it('is read through a ToUnicode map, codes of two bytes', () => {
    const cmap =
      '1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0003> <0020> endbfchar ' +
      '2 beginbfrange <0010> <0029> <0061> <0030> <0032> [<0030> <0031> <D83DDD11>] endbfrange';
    const font = '<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R >>';
    const shown = 'BT /F1 12 Tf 50 700 Td <001A001400280003003000310032> Tj ET';
    expect(textOf(pageOf(shown, '', font, ['', cmap]))).toBe('key 01🔑');
  });

  it('is read by the names of its glyphs', () => {
    const font =
      '<< /Type /Font /Subtype /Type1 /Encoding << /Differences [1 /k /e /y /equal /one /underscore /uni00E9] >> >>';
    expect(textOf(pageOf('BT /F1 9 Tf <01020304050607> Tj ET', '', font))).toBe('key=1_é');
  });

  it('joins what kerning splits and parts what stands apart', () => {
    const widths = `/FirstChar 32 /LastChar 126 /Widths [${'500 '.repeat(95)}]`;
    const font = `<< /Type /Font /Subtype /TrueType ${widths} >>`;
    const shown =
      'BT /F1 10 Tf 50 700 Td [(AB) 60 (CD) -40 (EF) -400 (next)] TJ 0 -14 Td (li) Tj 10 0 Td (ne) Tj 30 0 Td (gap) Tj T* ET';
    expect(textOf(pageOf(shown, '', font))).toBe('ABCDEF next\nline gap');
  });

  it('passes over inline images', () => {
    const shown = 'BT (a) Tj ET BI /W 1 /H 1 ID \x80(Tj\xff EI BT 0 -20 Td (b) Tj ET';
    expect(textOf(pageOf(shown))).toBe('a\nb');
  });

  it('is found when its objects are packed in an object stream', () => {
    const page = '<< /Type /Page /Contents 4 0 R /Resources << /Font << /F1 11 0 R >> >> >>';
    const index = `10 0 11 ${page.length + 1} `;
    const packed = deflateSync(Buffer.from(`${index}${page} ${HELVETICA}`));
    const stream = `/Type /ObjStm /N 2 /First ${index.length} /Filter /FlateDecode`;
    const pdf = pdfOf(CATALOG, '<< /Type /Pages /Kids [10 0 R] >>', 'null', ['', SHOWN], [stream, packed]);
    expect(textOf(pdf)).toBe('token = (a)1');
  });
});

describe('beside its pages a PDF gives', () => {
  it('links, titles and form values, in either encoding', () => {
    const strings = '<< /Title <FEFF00740069006D0065> /A << /S /URI /URI (https://u:p@example.org) >> >>';
    const { members } = expand('x.pdf', pageOf(SHOWN, '', HELVETICA, strings));
    expect(members['x.pdf!/strings']).toBe('Title: time\nURI: https://u:p@example.org\n');
  });

  it('attachments, opened when they are archives', () => {
    const attached: [string, Buffer] = ['/Type /EmbeddedFile', gzipSync('TOKEN=1\n')];
    const { members } = expand('x.pdf', pageOf(SHOWN, '', HELVETICA, attached));
    expect(members['x.pdf!/attachment 1!/attachment 1']).toBe('TOKEN=1\n');
  });

  it('what an edit has replaced', () => {
    const old = pageOf('BT (old token) Tj ET');
    const edit = `4 0 obj << /Length 24 >>\nstream\nBT (removed) Tj ET       \nendstream endobj\n%%EOF\n`;
    const { members } = expand('x.pdf', Buffer.concat([old, Buffer.from(edit)]));
    expect(Object.values(members).join()).toContain('old token');
    expect(Object.values(members).join()).toContain('removed');
  });
});

describe('a PDF that cannot be read', () => {
  it('because it is encrypted is named', () => {
    const pdf = pageOf(SHOWN).toString('latin1').replace('/Root 1 0 R', '/Root 1 0 R /Encrypt 9 0 R');
    expect(expand('x.pdf', Buffer.from(pdf, 'latin1')).skipped).toEqual([
      { path: 'x.pdf', reason: 'encrypted' },
    ]);
  });

  it('because there is no page in it is named', () => {
    const noise = Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919 + 13) & 0xff));
    const flate = '/Filter [/FlateDecode /FlateDecode /FlateDecode]';
    for (const pdf of [pdfOf([flate, noise], [flate, noise]), pdfOf('['.repeat(200_000))])
      expect(expand('x.pdf', pdf).skipped).toEqual([
        { path: 'x.pdf', reason: 'damaged: no page was found in it' },
      ]);
  });

  it('because the first of its filters meets noise is named', () => {
    const pdf = pageOf(Buffer.alloc(400, 0xff), '/Filter [/FlateDecode /FlateDecode /FlateDecode]');
    expect(expand('x.pdf', pdf).skipped).toEqual([
      { path: 'x.pdf', reason: expect.stringContaining('a stream: damaged') },
    ]);
  });

  it('to its end gives what came before', () => {
    const pdf = pageOf(deflateSync(Buffer.from(SHOWN.repeat(200))), '/Filter /FlateDecode');
    const { members, skipped } = expand('x.pdf', pdf.subarray(0, pdf.indexOf('endstream') - 20));
    expect(skipped).toEqual([{ path: 'x.pdf', reason: expect.stringContaining('truncated') }]);
    expect(members['x.pdf']).toContain('%PDF');
  });

  it('quickly, for all its brackets, is read in linear time', () => {
    for (const text of [
      '[',
      '<<',
      '(',
      '<',
      '1 0 obj',
      '1 0 obj << /A',
      'stream ',
      'trailer <<',
      '/Type /Page ',
    ]) {
      const pdf = Buffer.from(`%PDF-1.7\n${text.repeat(300_000)}\n%%EOF`);
      const started = performance.now();
      expand('x.pdf', pdf);
      expect(performance.now() - started, text).toBeLessThan(10_000);
    }
  });

  it('for a bomb in a stream is named', () => {
    const bomb = deflateSync(Buffer.alloc(200 * 2 ** 20));
    const { members, skipped } = expand('x.pdf', pageOf(bomb, '/Filter /FlateDecode'));
    expect(skipped).toEqual([{ path: 'x.pdf', reason: expect.stringMatching(/bomb|64 MB/) }]);
    expect(Object.keys(members)).not.toContain('x.pdf!/page 1');
  });
});

describe('printed by a browser', () => {
  const chromium = ['chromium', 'google-chrome'].find((name) => !missing(name));

  it.skipIf(chromium === undefined || missing('pdftotext'))('it reads the words that pdftotext reads', () => {
    const words = Array.from({ length: 300 }, (_, i) => `w${((i + 7) * 2_654_435_761).toString(36)}_${i}`);
    const html = `<h1>Title fi fl AVATAR</h1><p>${words.join(' ')}</p><pre>a = "b"\n\tc: d</pre><table><tr><td>cell<td>next</table>`;
    const folder = workshop({ 'x.html': html });
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-pdf-header-footer',
      '--print-to-pdf=x.pdf',
    ];
    run(folder, chromium!, ...flags, 'x.html');
    const wanted = run(folder, 'pdftotext', '-layout', 'x.pdf', '-').toString().split(/\s+/).filter(Boolean);
    const { members, skipped } = expandFile(join(folder, 'x.pdf'));
    const pages = Object.keys(members).filter((path) => path.includes('!/page '));
    const got = pages
      .flatMap((path) => Buffer.from(members[path], 'latin1').toString().split(/\s+/))
      .filter(Boolean);
    expect(skipped).toEqual([]);
    expect(got.sort()).toEqual(wanted.sort());
  });
});
