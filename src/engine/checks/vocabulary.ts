/**
 * Texts made of nothing but the words that stand where a secret will: `put_your_token_here`, `MyApiKey`, `tu-clave-aqui`.
 * Words are split at signs and capitals, or found glued together.
 */

/** Words that a text with a secret's value does not need: each makes the text a note to its reader. */
const TELLING = new Set(
  // what to do
  (
    'your yours my our insert inserted replace replaced enter put add fill change changed changeme changeit changethis paste type provide supply ' +
    'specify choose generate generated generateme set setme configure obtain get copy see ask use here goes goeshere go place tbd todo fixme ' +
    'fetch retrieve request requested edit editme swap write define update updateme configure configureme fillme fillin supplied notused noneed ' +
    'defined temp tmp temporary s3cr3t t0ken p4ssword needs needed must should leave keep store stored found given pick ' +
    // that it is none
    'example examples sample samples dummy fake faked mock mocked stub test tests testing tester demo placeholder placeholders foo bar baz qux xxx yyy zzz hoge fuga piyo toto tata titi pippo blubb ' +
    'foobar foobarbaz quux notreal nonexistent invalid wrong bad incorrect expired bogus unused ignored ignore notset unset undefined none null nil ' +
    'empty blank missing redacted hidden filtered masked removed censored omitted obfuscated sanitized scrubbed encrypted sealed unknown ' +
    'optional required something anything whatever somevalue somekey some any blah hello world lorem ipsum dolor sit amet consectetur ' +
    'adipiscing elit sed eiusmod tempor incididunt labore magna aliqua acme contoso fabrikam insecure unsafe'
  ).split(' '),
);

/** The same in other languages, with `password`, `key` and `secret`. */
const FOREIGN = new Set(
  (
    'la le les el il lo los las de da do des del der die das und et y e o een het mon mein meine mi mio minha min para pour fur ' +
    'tu tus su clave contrasena contrasenya secreta secreto aqui llave pon cambiar cambiame ejemplo reemplazar ' +
    'sua seu senha chave coloque insira exemplo trocar votre vos ton mot passe cle clef jeton ici changez moi mettez exemple remplacer inserer ' +
    'ihr ihre dein deine passwort schluessel schlussel geheim geheimnis hier eintragen einfuegen einfugen kennwort beispiel platzhalter ' +
    'tua tuo chiave inserisci qui segreto parola esempio wachtwoord jouw uw sleutel voorbeeld invullen ditt din losenord nyckel ' +
    'adgangskode hemmelighed hemmelig passord nokkel nogle indsaet salasana avain tahan sinun twoje twoj haslo klucz tutaj wpisz ' +
    'vase vas klic heslo vlozte vloz sem zde tvoje sifre sifreniz sifresi buraya anahtar anahtari anahtariniz gizli mat khau cua ban nhap khoa ' +
    'ganti dengan kunci sandi anda parola parole ta cheia jelszo kulcs ide kljuc lozinka geslo unesite min hemliga hemlig andra mig moje moja zmien mnie wstaw secrete altere altereme cambiami ' +
    'cambia introduce introducir coloca ingrese ingresa digite minha minhas mio mia mijn mein meine geheime geheimer mon entrez bitte aendern andern girin ' +
    'degistir prueba segura segreta notre nuestra'
  ).split(' '),
);

/** Words that say what a secret is, whose, or where: none of them makes a text a secret. */
const PLAIN = new Set(
  (
    'the a an of for to in on at by from with and or be is are was it its this that these me you i own new old one not no do dont does ' +
    'never commit real actual valid current previous works work asecret only just very super top long short strong secure random string value val text data default please now below ' +
    'above same safe again yes true false if when then also like as all per ' +
    'license licence pin company person people group ' +
    'secret secrets token tokens key keys apikey apikeys authtoken accesskey accesstoken secretkey api apis access auth authorization client private ' +
    'public password passwords passwd pass pwd pw passphrase pin code hash salt cred creds credential credentials webhook hook signing signature sign ' +
    'encryption encrypt decryption shared master app application user users username login account admin root owner guest email mail name id ids ' +
    'oauth jwt bearer basic header session cookie csrf refresh deploy personal bot server service services env environment variable variables ' +
    'var vars local localhost localdev dev develop development prod production live staging stage sandbox beta ci cd config settings setting ' +
    'dashboard console vault docs doc documentation page site url uri host hostname database db project team org organization company domain ' +
    'char chars character characters bytes hex base openssl rand min max least length different unique phrase format ' +
    // who asks for them
    'aws amazon azure google gcp firebase github gitlab bitbucket slack stripe sendgrid mailgun mailchimp twilio openai anthropic claude gpt heroku ' +
    'digitalocean cloudflare npm pypi docker datadog newrelic relic sentry shopify square paypal discord telegram facebook twitter dropbox asana jira ' +
    'linear notion airtable hubspot algolia mapbox okta auth0 mongodb mongo redis postgres postgresql mysql supabase snyk sonar codecov circleci ' +
    'jenkins pinecone cohere mistral groq huggingface replicate deepseek elastic kafka smtp imap django rails laravel wordpress wp ftp sftp ssh ldap s3 ' +
    'spotify zoom zendesk intercom segment mixpanel amplitude pusher binance coinbase infura alchemy youtube instagram linkedin microsoft apple ' +
    'salesforce grafana terraform kubernetes k8s vercel netlify postmark plaid braintree adyen razorpay cloud'
  ).split(' '),
);

const LONGEST_WORD = 14;

/** Names whose digits count nothing. */
const WITH_DIGITS = /(?<![a-z\d])(?:s3|k8s|auth0|oauth2|ec2|web3|mp3|base64|i18n)(?![a-z\d])/gi;

/** What a text says that has no other words: `telling` that it is a note, `plain` when it just names things, `word` when it names one. */
export type Wording = 'telling' | 'plain' | 'word';

/**
 * @param names further words that say nothing, such as those of the name that the text is assigned to, in small letters
 * @returns undefined when the text holds anything but known words and what counts them: `key_2`, `token123`
 */
export function readWording(text: string, names?: ReadonlySet<string>): Wording | undefined {
  if (text.length > 120) return undefined;
  const folded = foldText(text).replace(WITH_DIGITS, 'key');
  if (TELLING.has(folded.toLowerCase())) return 'telling';
  // Other signs, and other digits than such as count, are what a password is made stronger with.
  if (/[^A-Za-z\d\s_.\-:/()[\]<>,;'"!?|=*`\u00ab\u00bb\u201c\u201d]/.test(folded)) return undefined;
  const digits = folded.match(/\d+/g) ?? [];
  if (!digits.every(isCount)) return undefined;
  let telling = 0;
  let plain = 0;
  const chunks = folded.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  for (const chunk of chunks) {
    const word = chunk.toLowerCase();
    if (TELLING.has(word) || FOREIGN.has(word)) telling++;
    else if (PLAIN.has(word) || names?.has(word)) plain++;
    else {
      const found = splitGlued(word, names);
      if (!found) return undefined;
      telling += found.telling;
      plain += found.plain;
    }
  }
  if (telling + plain === 0) return undefined;
  if (telling) return 'telling';
  return plain > 1 ? 'plain' : 'word';
}

/** `1`, `02`, `123`, `12345678`, `32`. */
function isCount(digits: string): boolean {
  return (
    digits.length === 1 ||
    /^(?:0\d|1[0-6]|20|24|32|64|256|0+|(?:123){2,4})$/.test(digits) ||
    '1234567890'.startsWith(digits)
  );
}

/** Words without anything between them, as few of them as will do. */
function splitGlued(
  text: string,
  names?: ReadonlySet<string>,
): { telling: number; plain: number } | undefined {
  if (text.length > 60) return undefined;
  const best: ({ telling: number; plain: number } | undefined)[] = [{ telling: 0, plain: 0 }];
  for (let end = 1; end <= text.length; end++) {
    for (let start = Math.max(0, end - LONGEST_WORD); start < end - 1; start++) {
      const before = best[start];
      if (!before) continue;
      const word = text.slice(start, end);
      // `mon` and `key` are no `monkey`.
      const tells = TELLING.has(word) || (word.length > 4 && FOREIGN.has(word));
      if (!tells && !PLAIN.has(word) && !names?.has(word)) continue;
      const found = { telling: before.telling + Number(tells), plain: before.plain + Number(!tells) };
      const known = best[end];
      if (!known || found.telling + found.plain < known.telling + known.plain) best[end] = found;
    }
  }
  return best[text.length];
}

/** UTF-8 that was read byte by byte made text again, and letters without their accents. */
export function foldText(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text;
  const decoded = readUtf8(text);
  return (decoded.includes('\ufffd') ? text : decoded)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(
      /[\u0131\u0142\u00f8\u00df]/g,
      (c) => ({ '\u0131': 'i', '\u0142': 'l', '\u00f8': 'o' })[c] ?? 'ss',
    );
}

/** Whether a text holds two letters or more of another script than the Latin: instructions, for nobody's keyboard gives them to a password field. */
export function hasOtherScript(text: string): boolean {
  if (!/[^\x00-\x7f]/.test(text)) return false;
  return (readUtf8(text).match(/[^\P{L}\p{Script=Latin}]/gu)?.length ?? 0) > 1;
}

/** Patterns see a character a byte. */
function readUtf8(text: string): string {
  return /[^\x00-\xff]/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');
}
