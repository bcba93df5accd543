import { createHash } from 'node:crypto';

/**
 * Values that documentation shows to everybody, by the first 64 bits of their SHA-256, since no text that looks like a
 * secret may stand here: the test keys of Stripe's guides, the bot tokens of Telegram's and Discord's, GitHub's and GitLab's
 * examples, the login of RFC 7617, the tokens of RFC 6749 and RFC 6750, the keys of Azure's storage and Cosmos emulators.
 * @see https://docs.stripe.com/keys
 * @see https://core.telegram.org/bots/api
 * @see https://learn.microsoft.com/azure/storage/common/storage-use-azurite
 */
const SHOWN = new Set([
  '0011cc25eb432071',
  '00cf4c781dc37003',
  '02f7ce3c263f85c0',
  '0b5dd075ccdd03c4',
  '2cafc0970149a84f',
  '3543c50b0cb9cea8',
  '6c96130f130ab0d6',
  '731fa294d036e54f',
  '73f71af093fdf154',
  '78314b11be2e5815',
  '797c0ce414586cc8',
  '82e74299544e0073',
  '91fa4af81aa08ddd',
  '9c846fdf0fa8955c',
  'aa6547439583c3a2',
  'bc3ae723f57c6b9e',
  'cf4d418ed3de92d7',
  'e9974c507d2a8021',
  'f2d6ca16515033e5',
]);

/** Whether a value is one that documentation shows: so many have copied it that it opens nothing, or what everybody may open. */
export function isShown(text: string): boolean {
  if (text.length < 12 || text.length > 100) return false;
  return SHOWN.has(createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 16));
}
