/**
 * The protocols over which mailboxes are probed. The table holds all differences between them except the dialogue,
 * which an adapter in `probe/` implements. Schemas, usage texts, the page, the set-up script and the rules' commands
 * derive from the table.
 */

/** `implicit`: TLS from the first byte. `starttls`: a plain connection, upgraded by STARTTLS or STLS. */
export type TlsMode = 'implicit' | 'starttls';

/** A permission of Exchange Online. Its id is the same in every tenant. */
interface Permission {
  readonly name: string;
  readonly id: string;
}

interface ProtocolFacts {
  /** The name for use in sentences. */
  readonly name: string;
  /** The application permission that opens mailboxes over this protocol. */
  readonly role: Permission;
  /** The delegated permission of nearly the same name, which opens no mailbox for an app. */
  readonly delegated: Permission;
  /** The standard ports: for `implicit` from RFC 8314, for `starttls` from the protocol's own RFC. */
  readonly ports: Readonly<Record<TlsMode, number>>;
  /** The name of the property in Get-CASMailbox and Set-CASMailbox, and its value if the protocol is enabled. */
  readonly exchangeSwitch: { readonly name: string; readonly on: boolean };
  /**
   * The name of the service in Exchange's greeting. `Microsoft Exchange` comes before it. The words between the two
   * have changed over time.
   */
  readonly exchangeService: string;
  /** The stage that opens the mailbox. A probe is a success if this stage is ok. */
  readonly finalStage: 'auth' | 'open';
}

/**
 * The permission ids are from https://learn.microsoft.com/graph/permissions-reference and from the service principal of
 * Exchange Online.
 */
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

/** The protocol that mailprobe assumes if a text or an app names none. */
export const USUAL_PROTOCOL: Protocol = 'imap';

export const MAIL_PORTS: readonly number[] = PROTOCOL_IDS.flatMap((protocol) =>
  Object.values(PROTOCOLS[protocol].ports),
);

export const MAIL_ROLES: readonly string[] = PROTOCOL_IDS.map(roleFor);

export function isProtocol(name: string): name is Protocol {
  return Object.hasOwn(PROTOCOLS, name);
}

export function factsOf(protocol: Protocol): ProtocolFacts {
  return PROTOCOLS[protocol];
}

export function roleFor(protocol: Protocol): string {
  return PROTOCOLS[protocol].role.name;
}

export function otherProtocols(protocol: Protocol): readonly Protocol[] {
  return PROTOCOL_IDS.filter((other) => other !== protocol);
}

export function perProtocol<T>(of: (protocol: Protocol) => T): Readonly<Record<Protocol, T>> {
  return { imap: of('imap'), pop3: of('pop3') };
}

/** Returns a list with one text for each protocol: `IMAP and POP3`, `IMAP is 993, POP3 is 995`. */
export function eachProtocol(
  text: (facts: ProtocolFacts) => string | number,
  joint: 'and' | 'or' | ',' = 'and',
): string {
  const texts = PROTOCOL_IDS.map((protocol) => String(text(PROTOCOLS[protocol])));
  if (joint === ',') return texts.join(', ');
  const [last = '', ...before] = texts.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} ${joint} ${last}`;
}

/** Whether some protocol speaks TLS from the first byte on this port. */
export function isImplicitPort(port: number): boolean {
  return PROTOCOL_IDS.some((protocol) => factsOf(protocol).ports.implicit === port);
}
