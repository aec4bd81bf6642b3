/**
 * The protocols over which mailboxes are probed: everything that differs between them except the dialogue. Schemas, usage
 * texts, the page, the set-up script and the rules' commands derive from this table. The dialogue of each protocol is an
 * adapter in `probe/`. `vocabulary/dialects.ts` recognizes each protocol in pasted text.
 */

/** `implicit`: TLS from the first byte. `starttls`: upgraded by STARTTLS or STLS. */
export type TlsMode = 'implicit' | 'starttls';

/** A permission of Exchange Online. Its id is the same in every tenant. */
interface Permission {
  readonly name: string;
  readonly id: string;
}

interface ProtocolFacts {
  /** As sentences name it. */
  readonly name: string;
  /** The application permission that opens mailboxes over it. */
  readonly role: Permission;
  /** The delegated permission of nearly the same name, which opens no mailbox for an app. */
  readonly delegated: Permission;
  /** By RFC 8314 for TLS from the first byte, by the protocol's own RFC for STARTTLS. */
  readonly ports: Readonly<Record<TlsMode, number>>;
  /** Property of Get-CASMailbox and parameter of Set-CASMailbox, and its value where the protocol is on. */
  readonly exchangeSwitch: { readonly name: string; readonly on: boolean };
  /**
   * The name of the service in the greeting of its front end. It follows `Microsoft Exchange`, with words between that
   * have changed over time.
   */
  readonly exchangeService: string;
  /** A probe whose stage of this name is ok is a success. */
  readonly finalStage: 'auth' | 'open';
}

/** Permission ids: https://learn.microsoft.com/graph/permissions-reference, and Exchange Online's service principal. */
export const PROTOCOLS = {
  imap: {
    name: 'IMAP',
    role: { name: 'IMAP.AccessAsApp', id: '5e5addcd-3e8d-4e90-baf5-964efab2b20a' },
    delegated: { name: 'IMAP.AccessAsUser.All', id: '652390e4-393a-48de-9484-05f9b1212954' },
    ports: { implicit: 993, starttls: 143 },
    exchangeSwitch: { name: 'ImapEnabled', on: true },
    exchangeService: 'IMAP4',
    finalStage: 'open',
  },
  pop3: {
    name: 'POP3',
    role: { name: 'POP.AccessAsApp', id: 'cb842b43-da6e-4506-86fe-bb12199c656d' },
    delegated: { name: 'POP.AccessAsUser.All', id: 'd7b7f2d9-0f45-4ea1-9d42-e50810c06991' },
    ports: { implicit: 995, starttls: 110 },
    exchangeSwitch: { name: 'PopEnabled', on: true },
    exchangeService: 'POP3',
    finalStage: 'open',
  },
} as const satisfies Readonly<Record<string, ProtocolFacts>>;

export type Protocol = keyof typeof PROTOCOLS;

export const PROTOCOL_IDS: readonly Protocol[] = Object.keys(PROTOCOLS).filter(isProtocol);

/** The protocol assumed for a text or an app that names none. */
export const USUAL_PROTOCOL: Protocol = 'imap';

/** The ports of all protocols, with TLS from the first byte and without. */
export const MAIL_PORTS: readonly number[] = PROTOCOL_IDS.flatMap((protocol) =>
  Object.values(PROTOCOLS[protocol].ports),
);

/** The application permissions, one for each protocol. */
export const MAIL_ROLES: readonly string[] = PROTOCOL_IDS.map(roleFor);

export function isProtocol(name: string): name is Protocol {
  return Object.hasOwn(PROTOCOLS, name);
}

export function factsOf(protocol: Protocol): ProtocolFacts {
  return PROTOCOLS[protocol];
}

/** The application permission that opens mailboxes over it: `IMAP.AccessAsApp`. */
export function roleFor(protocol: Protocol): string {
  return PROTOCOLS[protocol].role.name;
}

export function otherProtocols(protocol: Protocol): readonly Protocol[] {
  return PROTOCOL_IDS.filter((other) => other !== protocol);
}

/** Computes one value for each protocol. */
export function perProtocol<T>(of: (protocol: Protocol) => T): Readonly<Record<Protocol, T>> {
  return { imap: of('imap'), pop3: of('pop3') };
}

/** A text of each protocol, as a list: `IMAP and POP3`, `IMAP is 993, POP3 is 995`. */
export function eachProtocol(
  text: (facts: ProtocolFacts) => string | number,
  joint: 'and' | 'or' | ',' = 'and',
): string {
  const texts = PROTOCOL_IDS.map((protocol) => String(text(PROTOCOLS[protocol])));
  if (joint === ',') return texts.join(', ');
  const [last = '', ...before] = texts.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} ${joint} ${last}`;
}

/** Is this the port on which a protocol speaks TLS from the first byte? */
export function isImplicitPort(port: number): boolean {
  return PROTOCOL_IDS.some((protocol) => factsOf(protocol).ports.implicit === port);
}
