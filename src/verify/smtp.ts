import { connect } from 'node:tls';
import { type Guard, NoAnswer } from './ask.ts';

const PORT = 465;

/**
 * Logs in by SMTP over TLS with AUTH PLAIN (RFC 4954) and leaves; no mail is sent.
 * @returns the server's last reply code: 235 a yes, 535 a no
 * @throws {NoAnswer}
 */
export function talkSmtp(
  host: string,
  user: string,
  password: string,
  { timeoutMs }: Guard,
): Promise<number> {
  const lines = [
    'EHLO unleak.invalid',
    `AUTH PLAIN ${Buffer.from(`\0${user}\0${password}`).toString('base64')}`,
    'QUIT',
  ];
  return new Promise((done, failed) => {
    const socket = connect({ host, port: PORT, servername: host });
    const fail = () => {
      socket.destroy();
      failed(new NoAnswer(`${host} could not be reached`));
    };
    let text = '';
    let sent = 0;
    socket.setEncoding('utf8').setTimeout(timeoutMs, fail).on('error', fail);
    socket.on('data', (chunk: string) => {
      text += chunk;
      // The last line of a reply has a blank after its code, the others a hyphen.
      const code = /(?:^|\n)(\d{3}) [^\n]*\r?\n$/.exec(text)?.[1];
      if (!code) return;
      text = '';
      if (sent === 2) {
        socket.end(`${lines[2]}\r\n`);
        done(Number(code));
      } else socket.write(`${lines[sent++]}\r\n`);
    });
  });
}
