import { expect, test } from 'vitest';
import { parseCommit } from '../../src/git/parse-commit.ts';
import { Repository } from '../sources/repository.ts';

const MESSAGE = 'subject\n';

/** What git says of a commit, and what is read. */
function both(author: string | Buffer, message: string | Buffer = MESSAGE, headers = '') {
  const repository = new Repository();
  const tree = repository.gitWith('', 'mktree');
  const content = Buffer.concat([
    Buffer.from(`tree ${tree}\nauthor `),
    Buffer.from(author),
    Buffer.from(`\ncommitter C <c@example.org> 1700000000 +0000\n${headers}\n`),
    Buffer.from(message),
  ]);
  const id = repository.gitWith(content, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally');
  const [name, email, date, subject] = repository
    .git('log', '-1', '--encoding=UTF-8', '--format=%an%x00%ae%x00%aI%x00%s', id)
    .split('\0');
  const { author: ownName, email: ownEmail, date: ownDate, subject: ownSubject } = parseCommit(content);
  return {
    git: { name, email, date, subject },
    read: { name: ownName, email: ownEmail, date: ownDate, subject: ownSubject },
  };
}

test.each([
  ['an ordinary one', 'Ada <ada@example.org> 1700000000 +0200'],
  ['half an hour west', 'Ada <ada@example.org> 1700000000 -0330'],
  ['minus zero', 'Ada <ada@example.org> 1700000000 -0000'],
  ['a zone of an old tool', 'Ada <ada@example.org> 1700000000 +051800'],
  ['no name', ' <> 0 +0000'],
  ['doubled brackets', 'Ada B <<ada@example.org>> 99999 +0100'],
])('the author is read as git reads it: %s', (_, author) => {
  const { git, read } = both(author);
  expect(read).toEqual(git);
});

test('an author in another encoding is read as git shows it', () => {
  const name = Buffer.from('J\xf6rg <j@example.org> 1700000000 +0100', 'latin1');
  const { git, read } = both(name, Buffer.from('gr\xfc\xdfe\n', 'latin1'), 'encoding ISO-8859-1\n');
  expect(git).toMatchObject({ name: 'Jörg', subject: 'grüße' });
  expect(read).toEqual(git);
});

test.each([
  '\n\n  indented\nsecond line\n\nbody\n',
  'one\n \nbody',
  'windows\r\nline ends\r\n\r\nbody\r\n',
  'tab\tand space  \nmore',
  '',
  '\n\n',
])('the subject is that of git: %j', (message) => {
  const { git, read } = both('Ada <ada@example.org> 1 +0000', message);
  expect(read.subject).toBe(git.subject);
});

test.each([
  ['before 1970', 'A <a@b> -100 +0000', '1969-12-31T23:58:20+00:00'],
  ['after the year 9999', 'A <a@b> 253402300800 +0000', ''],
  ['beyond all dates', 'A <a@b> 99999999999999999 +0000', ''],
  ['missing', 'A <a@b>', ''],
])('a date that is %s is told, or left out', (_, person, date) => {
  const content = Buffer.from(`tree x\nauthor ${person}\n\nsubject\n`);
  expect(parseCommit(content)).toMatchObject({ author: 'A', email: 'a@b', date, subject: 'subject' });
});
