/**
 * The commands of a session after login: STATUS, LIST, SEARCH, FETCH, UID and others, answered as in RFC 3501. Nothing
 * here changes a mailbox. `imap.ts` calls it after the login.
 */
import { messageOf, numbersUpTo, OCTETS_PER_MESSAGE } from './message.ts';
import type { Mailbox } from './tenant.ts';

const UID_VALIDITY = 14;
const INTERNAL_DATE = '"02-Nov-2026 08:00:00 +0000"';
/** Search keys that match no message, because every message is old and has only the flag `\Seen`. */
const NEVER: ReadonlySet<string> = new Set([
  'UNSEEN',
  'NEW',
  'RECENT',
  'FLAGGED',
  'DELETED',
  'ANSWERED',
  'DRAFT',
]);
const MACROS: Readonly<Record<string, string>> = {
  FAST: 'FLAGS INTERNALDATE RFC822.SIZE',
  ALL: 'FLAGS INTERNALDATE RFC822.SIZE ENVELOPE',
  FULL: 'FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY',
};

/** The untagged lines of a reply. Undefined if the argument is not understood. */
type Lines = readonly string[] | undefined;

/** Commands that need an open mailbox. */
export const READING: ReadonlySet<string> = new Set(['SEARCH', 'FETCH', 'UID', 'CHECK', 'CLOSE', 'UNSELECT']);
/** Commands that open or close a mailbox. */
export const SELECTING: ReadonlySet<string> = new Set(['SELECT', 'EXAMINE', 'CLOSE', 'UNSELECT']);

/** The reply to each command that does not change a mailbox. */
export const ANSWERS: Readonly<Record<string, (mailbox: Mailbox, argument: string) => Lines>> = {
  NOOP: () => [],
  CHECK: () => [],
  CLOSE: () => [],
  UNSELECT: () => [],
  NAMESPACE: () => ['* NAMESPACE (("" "/")) NIL NIL'],
  LIST: (_mailbox, argument) => listLines('LIST', argument),
  LSUB: (_mailbox, argument) => listLines('LSUB', argument),
  SELECT: selectLines,
  EXAMINE: selectLines,
  STATUS: statusLines,
  SEARCH: searchLines,
  FETCH: (mailbox, argument) => fetchLines(mailbox, argument, false),
  UID: (mailbox, argument) => {
    const [, name, rest] = /^(FETCH|SEARCH) (.*)$/i.exec(argument) ?? [];
    if (name === undefined || rest === undefined) return undefined;
    return name.toUpperCase() === 'FETCH' ? fetchLines(mailbox, rest, true) : searchLines(mailbox, rest);
  },
};

function selectLines({ messages }: Mailbox): Lines {
  return [
    `* ${messages} EXISTS`,
    '* 0 RECENT',
    String.raw`* FLAGS (\Seen \Answered \Flagged \Deleted \Draft $MDNSent)`,
    '* OK [PERMANENTFLAGS ()] Permanent flags',
    `* OK [UIDVALIDITY ${UID_VALIDITY}] UIDVALIDITY value`,
    `* OK [UIDNEXT ${messages + 1}] The next unique identifier value`,
  ];
}

function statusLines({ messages }: Mailbox, argument: string): Lines {
  const asked = /\(([^()]*)\)\s*$/.exec(argument)?.[1]?.toUpperCase().split(/ +/) ?? [];
  const values: Readonly<Record<string, number>> = {
    MESSAGES: messages,
    RECENT: 0,
    UIDNEXT: messages + 1,
    UIDVALIDITY: UID_VALIDITY,
    UNSEEN: 0,
  };
  const items = asked.map((item) => (Object.hasOwn(values, item) ? `${item} ${values[item]}` : undefined));
  return items.length === 0 || items.includes(undefined)
    ? undefined
    : [`* STATUS INBOX (${items.join(' ')})`];
}

/** Answers LIST and LSUB. `LIST "" ""` asks only for the separator of folder names. */
function listLines(name: string, argument: string): Lines {
  const [, reference, pattern] = /^("[^"]*"|[^\s"]+) ("[^"]*"|[^\s"]+)$/.exec(argument) ?? [];
  if (reference === undefined || pattern === undefined) return undefined;
  const wanted = pattern.replaceAll('"', '');
  if (wanted === '') return [String.raw`* ${name} (\Noselect \HasChildren) "/" ""`];
  const isInbox = wanted.toUpperCase() === 'INBOX' || /^(?:INBOX)?[*%]+$/i.test(wanted);
  return isInbox ? [String.raw`* ${name} (\Marked \HasNoChildren) "/" INBOX`] : [];
}

function searchLines({ messages }: Mailbox, argument: string): Lines {
  const keys = argument.toUpperCase().split(/[ ()]+/);
  const set = keys.find((key) => /^[\d:*,]+$/.test(key));
  const found = keys.some((key) => NEVER.has(key)) ? [] : numbersIn(set ?? '1:*', messages);
  return [['* SEARCH', ...(found ?? [])].join(' ')];
}

/**
 * `uids`: true for UID FETCH, whose set contains unique identifiers, and whose replies must include them. In the
 * sandbox, they equal the message numbers.
 */
function fetchLines({ messages }: Mailbox, argument: string, uids: boolean): Lines {
  const [, set = '', list = ''] = /^([\d:*,]+) \(?(.+?)\)?$/.exec(argument) ?? [];
  const numbers = numbersIn(set, messages);
  const asked = itemsIn(list);
  if (numbers === undefined || asked.length === 0) return undefined;
  const items = uids && !asked.some((item) => item.toUpperCase() === 'UID') ? ['UID', ...asked] : asked;
  const rows = numbers.map((number) => items.map((item) => fetched(number, item)));
  if (rows.flat().includes(undefined)) return undefined;
  return rows.map((row, at) => `* ${numbers[at] ?? 0} FETCH (${row.join(' ')})`);
}

/** Returns the numbers in a set such as `1:3,7,9:*`. Undefined if the set is malformed. */
function numbersIn(set: string, messages: number): readonly number[] | undefined {
  const ranges = set.split(',').map((part) => {
    const [from = '', to = from] = part.split(':');
    const bounds = [from, to].map((each) => (each === '*' ? messages : Number(each)));
    return { low: Math.min(...bounds), high: Math.max(...bounds) };
  });
  if (ranges.some(({ low, high }) => Number.isNaN(low) || Number.isNaN(high))) return undefined;
  return numbersUpTo(messages).filter((number) =>
    ranges.some(({ low, high }) => number >= low && number <= high),
  );
}

/** Splits a list of FETCH items, or expands a macro. Blanks within brackets belong to the item. */
function itemsIn(list: string): readonly string[] {
  const macro = MACROS[list.toUpperCase()];
  return [...(macro ?? list).matchAll(/[A-Za-z0-9.]+(?:\[[^\]]{0,500}\](?:<\d+\.\d+>)?)?/g)].map(
    ([item]) => item,
  );
}

function fetched(number: number, item: string): string | undefined {
  const { header, body } = messageOf(number);
  const name = item.toUpperCase();
  const simple: Readonly<Record<string, string>> = {
    UID: `UID ${number}`,
    FLAGS: String.raw`FLAGS (\Seen)`,
    INTERNALDATE: `INTERNALDATE ${INTERNAL_DATE}`,
    'RFC822.SIZE': `RFC822.SIZE ${OCTETS_PER_MESSAGE}`,
    ENVELOPE: envelope(number),
    BODY: `BODY ${structure(body)}`,
    BODYSTRUCTURE: `BODYSTRUCTURE ${structure(body)}`,
    RFC822: literal('RFC822', header + body),
    'RFC822.HEADER': literal('RFC822.HEADER', header),
    'RFC822.TEXT': literal('RFC822.TEXT', body),
  };
  if (Object.hasOwn(simple, name)) return simple[name];
  const [, section, from, length] = /^BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?$/.exec(name) ?? [];
  if (section === undefined) return undefined;
  const whole = sectionOf(section, header, body);
  const origin = Number(from ?? 0);
  const part = from === undefined ? whole : whole.slice(origin, origin + Number(length));
  return literal(`BODY[${section}]${from === undefined ? '' : `<${origin}>`}`, part);
}

function sectionOf(section: string, header: string, body: string): string {
  if (section === '') return header + body;
  if (section === 'TEXT' || section === '1') return body;
  const fields = /^HEADER\.FIELDS \(?"?([^)]*?)"?\)?$/.exec(section)?.[1]?.split(/[ "]+/);
  if (fields === undefined) return header;
  const lines = header
    .split('\r\n')
    .filter((line) => fields.includes(line.split(':')[0]?.toUpperCase() ?? ''));
  return `${[...lines, ''].join('\r\n')}\r\n`;
}

function literal(name: string, text: string): string {
  return `${name} {${Buffer.byteLength(text)}}\r\n${text}`;
}

function envelope(number: number): string {
  const person = (box: string): string => `(("Simulation" NIL "${box}" "contoso.example"))`;
  const from = person('noreply');
  return `ENVELOPE ("Mon, 02 Nov 2026 08:00:00 +0000" "Simulated message ${number}" ${from} ${from} ${from} ${person('qms')} NIL NIL NIL "<${number}@sandbox.mailprobe.simulated>")`;
}

function structure(body: string): string {
  return `("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" ${body.length} ${body.split('\r\n').length - 1})`;
}
