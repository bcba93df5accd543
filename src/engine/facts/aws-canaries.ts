/**
 * Accounts whose keys are bait: using one of their keys, if only to ask who it is, raises an alarm at its owner.
 * The numbers are public, and were gathered from several scanners; a configuration can add to them.
 */
const THINKST =
  '052310077262 171436882533 534261010715 595918472158 717712589309 819147034852 992382622183 730335385048 266735846894 893192397702';
const LOOK_ALIKES =
  '044858866125 251535659677 344043088457 351906852752 390477818340 426127672474 427150556519 439872796651 445142720921 ' +
  '465867158099 637958123769 693412236332 732624840810 735421457923 959235150393 982842642351 528757803018 538784191382 729780141977';

const CANARY_ACCOUNTS: ReadonlySet<string> = new Set([...THINKST.split(' '), ...LOOK_ALIKES.split(' ')]);

/** @param accountId twelve digits */
export function isCanaryAccount(accountId: string): boolean {
  return CANARY_ACCOUNTS.has(accountId);
}
