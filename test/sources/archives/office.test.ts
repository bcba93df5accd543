import { describe, expect, it } from 'vitest';
import { isCutXml, isOfficeText, officeText } from '../../../src/sources/archives/office.ts';
import { expandFile, missing, run, workshop } from './tools.ts';

const read = (xml: string) => officeText(Buffer.from(xml)).toString().trimEnd();

describe('the text of an office document', () => {
  it('joins the runs of a word and parts paragraphs', () => {
    const xml =
      '<?xml version="1.0"?><w:document><w:p><w:r><w:t>tok</w:t></w:r><w:proofErr/><w:r><w:t>en=1</w:t></w:r></w:p><w:p><w:t>next</w:t></w:p></w:document>';
    expect(read(xml)).toBe('token=1\nnext');
  });

  it('parts the cells and strings of a sheet', () => {
    expect(read('<sst><si><t>a</t></si><si><r><t>b</t></r><r><t>c</t></r></si></sst>')).toBe('a\nbc');
    expect(read('<row><c t="inlineStr"><is><t>x</t></is></c><c><v>1</v></c></row>')).toBe('x\t1');
  });

  it('decodes entities and keeps long attributes, such as links', () => {
    const xml =
      '<text:p><text:a xlink:href="https://user:word@example.org/?a&amp;b">a &lt;&#x41;&#66;&gt;</text:a></text:p>';
    expect(read(xml)).toBe('a <AB>\n\nhttps://user:word@example.org/?a&b');
  });

  it('is taken from the parts that hold text, and from no other file', () => {
    const parts = [
      'word/document.xml',
      'word/header2.xml',
      'ppt/slides/slide10.xml',
      'xl/sharedStrings.xml',
      'content.xml',
    ];
    for (const part of parts) expect(isOfficeText(`a.zip!/${part}`)).toBe(true);
    for (const part of ['pom.xml', 'word/styles.xml', 'src/content.xml.bak', 'src/content.xml'])
      expect(isOfficeText(`a.zip!/${part}`)).toBe(false);
  });

  it('that stops before its outermost element is closed is cut off', () => {
    const whole = '<?xml version="1.0"?>\n<!-- a > b --><w:doc a="1>2"><w:p>x</w:p></w:doc >\n<!-- end -->\n';
    expect(isCutXml(Buffer.from(whole))).toBe(false);
    expect(isCutXml(Buffer.from('<a/>'))).toBe(false);
    expect(isCutXml(Buffer.from(whole.slice(0, -25)))).toBe(true);
    expect(isCutXml(Buffer.from('<w:t>'.repeat(1_000_000)))).toBe(true);
    expect(isCutXml(Buffer.from('no XML at all'))).toBe(true);
    expect(isCutXml(Buffer.from('\ufeff<a>x</a>', 'utf16le'))).toBe(false);
  });

  it.skipIf(missing('zip'))('is given, and named, when it is cut off', () => {
    const folder = workshop({ 'word/document.xml': `<w:t>token${'<w:p>'.repeat(1000)}` });
    run(folder, 'zip', '-qr', 'x.docx', '.');
    const { members, skipped } = expandFile(`${folder}/x.docx`);
    expect(members['x.docx!/word/document.xml']).toContain('token');
    expect(skipped).toEqual([{ path: 'x.docx!/word/document.xml', reason: 'damaged: its XML is cut off' }]);
  });

  it('of a hostile file takes linear time', () => {
    for (const text of ['<', '<a', '<a b="', '&', '&#', '<a b="c" ', '<!--', '<a><!--']) {
      const started = performance.now();
      officeText(Buffer.from(text.repeat(500_000)));
      isCutXml(Buffer.from(text.repeat(500_000)));
      expect(performance.now() - started, text).toBeLessThan(5_000);
    }
  });

  it.skipIf(missing('zip'))('comes under the path of its part', () => {
    const folder = workshop({
      'word/document.xml': '<w:p><w:t>tok</w:t><w:t>en</w:t></w:p>',
      'docProps/app.xml': '<a/>',
    });
    run(folder, 'zip', '-qr', 'x.docx', '.');
    expect(expandFile(`${folder}/x.docx`).members).toEqual({
      'x.docx!/word/document.xml': 'token\n\n\n',
      'x.docx!/docProps/app.xml': '<a/>',
    });
  });
});
