import type { Confidence, Severity } from '../model/finding.ts';

/** How far around a keyword, in bytes, a rule's pattern may look. */
export interface Span {
  before: number;
  after: number;
}

/** What must hold for a matched secret, beyond its pattern. Each key is one check under `src/engine/checks/`. */
export interface Checks {
  /** Least Shannon entropy, in bits per character. */
  entropy?: number;
  /** Least randomness from 0 to 1: entropy measured against what a random text of this length and alphabet has. */
  randomness?: number;
  /** The secret must not read like words: a path, a name in camel case. */
  words?: false;
  /** Character classes that must all occur. */
  classes?: CharacterClass[];
  /** A checksum that the vendor builds into its tokens. */
  checksum?: string;
  /** A format that the secret must parse as. */
  structure?: string;
  /** Patterns (JavaScript, unanchored) that the secret must not match. */
  not?: string[];
  /** Patterns of which one must stand within the window around the secret. */
  near?: string[];
  /** Patterns of which none may stand within the window around the secret. */
  far?: string[];
  /** The secret must look like the value of this kind of variable, and not like a call, path, placeholder or word. */
  value?: ValueKind;
  /** Off for rules whose secrets may hold words such as `example` by nature. */
  placeholder?: false;
}

/** What a generic rule takes its secret for: the value of a password's name, of a token's or key's, the password in a URL, one in a file made to hold secrets (`file`: by what its name is), or one whose place leaves no doubt, such as the argument of --password. `jwt`: a JSON Web Token, whose key may be guessed. */
export type ValueKind = 'password' | 'token' | 'url' | 'argument' | 'file' | 'jwt';

export type CharacterClass = 'upper' | 'lower' | 'digit' | 'symbol' | 'letter';

/** The other half of a credential, looked for around an id. */
export interface PairPart {
  /** Rules whose matches are this part. */
  rules?: string[];
  /** An unlabelled value that counts as this part when it stands in the id's record. */
  pattern?: string;
  checks?: Checks;
  /** How far from the id, in bytes. */
  within: number;
}

export interface Pairing {
  secret: PairPart;
  token?: PairPart;
  /** Whether the id is a finding of its own when no secret is found with it. */
  alone: boolean;
  /** Of the whole pair; the rule's own severity and confidence are those of the id alone. */
  severity: Severity;
  confidence: Confidence;
}

/** An HTTP question to the issuer: declared beside the pattern, asked by `src/verify/`. */
export interface VerifyRequest {
  method: 'GET' | 'POST';
  /** May hold `{secret}` and `{id}`; its host must be literal. */
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Answers in order; the first whose conditions all hold decides, none leaves the verdict `unknown`. */
  answers: VerifyAnswer[];
}

export interface VerifyAnswer {
  status: number[];
  /** A pattern that the body must match. */
  body?: string;
  state: 'active' | 'inactive' | 'expired';
}

/** What the holder does to end the secret. */
export interface Respond {
  /** Where the vendor revokes it. */
  url?: string;
  steps: string[];
}

/** What the engine needs of a rule while it scans. Kept apart from `RuleDetails` so that start-up loads no more than this. */
export interface Rule {
  id: string;
  severity: Severity;
  confidence: Confidence;
  /** ASCII, at least three bytes, compared without case. Empty for a rule of file starts. */
  keywords: string[];
  /** JavaScript source with a group named `secret`, every quantifier bounded. */
  pattern: string;
  /** Pattern flags: `i` where case does not matter. */
  flags: string;
  span: Span;
  /** The match always begins with the keyword, so it is tried there and nowhere else. */
  anchored: boolean;
  /** The match is a name that begins with the keyword, and what is assigned to it. */
  assigned?: true;
  /** Tried at the first byte of each file that its paths allow, and nowhere else: for formats without a word to look for. */
  start?: true;
  /** Tried where a match ended, and again where that one ends: the rows of a table, the users of a file. */
  next?: string;
  /** The match may stand anywhere in the span, not only over the keyword. */
  loose?: boolean;
  /** The public beginning of the secret that a mask may show. */
  prefix: string;
  checks: Checks;
  /** Globs: the rule looks only at these paths. */
  paths?: string[];
  pair?: Pairing;
  /** Names of the fact decoders under `src/engine/facts/`. */
  facts?: string[];
  /** Yields to any specific rule over the same bytes. */
  generic?: boolean;
  /** Public by design: recognised, and quiet unless asked for. */
  public?: boolean;
  /** Only an ingredient of a pair, never a finding of its own. */
  part?: boolean;
  /** Ids of the services (`service.ts`) whose finding a match becomes when it is named after one. */
  services?: string[];
  /** Of a rule that stands for a service: the words that name it. */
  names?: string[];
}

/** What tells the vendor of a token without the token's rule. */
export interface VendorForms {
  /** Beginnings of the tokens of one vendor and nothing else: `ghp_`, `dp.pt.`, `AKIA`. */
  prefixes: string[];
  /** Of each rule that knows its secret by a name: words of which the name holds one, and the pattern of the name. */
  names: [keywords: string[], pattern: string][];
}

/** What people and reports need of a rule. */
export interface RuleDetails {
  id: string;
  title: string;
  vendor: string;
  /** What the holder of the secret can do with it. */
  opens: string;
  /** The vendor's page about the format. */
  docs: string;
  verify?: VerifyRequest;
  respond?: Respond;
}

export interface RuleExamples {
  id: string;
  loud: Example[];
  quiet: Example[];
}

export interface Example {
  /** A template: see `src/rules/templates.ts`. */
  text: string;
  /** The path that the text is scanned under. */
  path?: string;
}

export interface Catalogue {
  rules: Rule[];
  details: RuleDetails[];
  examples: RuleExamples[];
}
