/**
 * Exchange Online's POP3 front end as far as a read-only probe needs it: CAPA, AUTH XOAUTH2 on two lines, STAT, QUIT,
 * and Exchange's own replies to everything it refuses. `exchange.ts` decides which logins succeed.
 */
import { faultAfterLogin, checkLogin, loginTakesMs, type Login } from './exchange.ts';
import { type Dialogue, GREETINGS, type MailProtocol } from './mail-front.ts';
import { messageOf, numbersUpTo, OCTETS_PER_MESSAGE } from './message.ts';
import type { Mailbox } from './tenant.ts';

const PROTOCOL_ERROR = '-ERR Protocol error. Connection is closed. 10';
const WRONG_STATE = '-ERR Command is not valid in this state.';
const MOST_ERRORS = 3;

export const POP3: MailProtocol = {
  protocol: 'pop3',
  greeting: GREETINGS.pop3,
  refusal: '-ERR Server Unavailable. 21',
  lineTooLong: PROTOCOL_ERROR,
  // The real server answers a longer token with a protocol error.
  longestLine: 4096,
  talk,
};

interface State {
  readonly dialogue: Dialogue;
  upgradable: boolean;
  login: Login | undefined;
  errors: number;
}

async function talk(dialogue: Dialogue): Promise<void> {
  const state: State = { dialogue, upgradable: dialogue.upgradable, login: undefined, errors: 0 };
  for (;;) {
    const line = await dialogue.session.read();
    if (line === undefined) return;
    const open = await obey(state, line);
    if (!open) return;
    if (state.errors >= MOST_ERRORS) {
      dialogue.session.write(PROTOCOL_ERROR);
      return;
    }
  }
}

/** Returns false when the dialogue is over. */
async function obey(state: State, line: string): Promise<boolean> {
  const { session, options } = state.dialogue;
  const [word = '', ...rest] = line.split(' ');
  const name = word.toUpperCase();
  if (name === 'QUIT') {
    session.write('+OK Microsoft Exchange Server POP3 server signing off. (simulated by mailprobe)');
    return false;
  }
  if (name === 'CAPA') {
    const offered = state.upgradable ? ['STLS'] : ['SASL PLAIN XOAUTH2', 'USER'];
    session.write('+OK', 'TOP', 'UIDL', ...offered, '.');
    return true;
  }
  if (name === 'STLS' && state.upgradable) {
    session.write('+OK Begin TLS negotiation.');
    await session.startTls();
    state.upgradable = false;
    return true;
  }
  if (state.login?.outcome === 'opened') return obeyOpened(state, state.login, name, rest);
  // No command is valid here if the login worked but the mailbox did not open, or if TLS must come first.
  if (state.login !== undefined || state.upgradable) return fail(state, WRONG_STATE);
  if (name === 'AUTH') return await authenticate(state, rest);
  if (name === 'USER') {
    session.write('+OK');
    return true;
  }
  if (name === 'PASS') {
    await session.wait(options.failureDelayMs);
    return fail(state, '-ERR Logon failure: unknown user name or bad password.');
  }
  return fail(state, WRONG_STATE);
}

async function authenticate(state: State, argument: readonly string[]): Promise<boolean> {
  const { session, options } = state.dialogue;
  const [mechanism = '', initial] = argument;
  if (initial !== undefined) {
    // Exchange needs AUTH and the response on two lines, so it does not accept the initial response of RFC 5034.
    session.write(PROTOCOL_ERROR);
    return false;
  }
  if (mechanism.toUpperCase() !== 'XOAUTH2') {
    return fail(state, '-ERR Authentication failure: unknown user name or bad password.');
  }
  session.write('+ ');
  const sasl = await session.read();
  if (sasl === undefined) return false;
  if (sasl === '*') return fail(state, '-ERR Authentication cancelled.');
  const login = await checkLogin(options.tenant(), options.issuer, 'pop3', sasl);
  options.onLogin('pop3', login.outcome === 'opened');
  if (login.outcome === 'fault') return await meetFault(state, login);
  if (login.outcome === 'refused') {
    await session.wait(options.failureDelayMs);
    return fail(state, '-ERR Authentication failure: unknown user name or bad password.');
  }
  if (login.outcome === 'opened') await session.wait(loginTakesMs(options.tenant(), 'pop3', login));
  state.login = login;
  state.errors = 0;
  session.write('+OK User successfully authenticated.');
  return true;
}

async function meetFault(state: State, { fault }: Extract<Login, { outcome: 'fault' }>): Promise<boolean> {
  if (fault.kind === 'silent-at-login') {
    await state.dialogue.session.stall();
    return false;
  }
  if (fault.kind === 'drop-at-login') return false;
  if (fault.kind === 'throttled') {
    const backoffMs = fault.backoffMs ?? 92_415;
    return fail(state, `-ERR Request is throttled. Suggested Backoff Time: ${backoffMs} milliseconds`);
  }
  return fail(state, '-ERR Server Unavailable. 21');
}

function obeyOpened(
  state: State,
  login: Extract<Login, { outcome: 'opened' }>,
  name: string,
  rest: readonly string[],
): boolean {
  const { session, options } = state.dialogue;
  const fault = faultAfterLogin(options.tenant(), 'pop3', login);
  if (fault === 'unavailable') return fail(state, '-ERR Server Unavailable. 21');
  if (fault !== undefined) {
    session.write('-ERR Connection is closed. 13');
    return false;
  }
  const lines = answerMailbox(name, rest, login.mailbox);
  if (lines === undefined) return fail(state, WRONG_STATE);
  session.write(...lines);
  return true;
}

/**
 * Returns the reply to a command. Undefined if the command is not known or lacks its argument. No command changes a
 * mailbox.
 */
function answerMailbox(
  name: string,
  [first, second]: readonly string[],
  { messages }: Mailbox,
): readonly string[] | undefined {
  const octets = messages * OCTETS_PER_MESSAGE;
  if (name === 'STAT') return [`+OK ${messages} ${octets}`];
  if (name === 'NOOP' || name === 'RSET') return ['+OK'];
  const row = ROWS[name];
  if (row === undefined) return undefined;
  const number = Number(first);
  if (first === undefined) {
    if (name !== 'LIST' && name !== 'UIDL') return undefined;
    return [name === 'LIST' ? `+OK ${messages} ${octets}` : '+OK', ...numbersUpTo(messages).map(row), '.'];
  }
  if (!/^\d{1,9}$/.test(first) || number < 1 || number > messages)
    return ['-ERR The specified message is out of range.'];
  return name === 'LIST' || name === 'UIDL' ? [`+OK ${row(number)}`] : retrieved(name, number, second);
}

const ROWS: Readonly<Record<string, (number: number) => string>> = {
  LIST: (number) => `${number} ${OCTETS_PER_MESSAGE}`,
  UIDL: (number) => `${number} ${number + 40_000}`,
  TOP: String,
  RETR: String,
};

/** Returns a message. TOP returns its header and only the first `lines` lines of its body. */
function retrieved(name: string, number: number, lines: string | undefined): readonly string[] {
  const { header, body } = messageOf(number);
  const rows = body.split('\r\n').slice(0, -1);
  const kept = name === 'TOP' ? rows.slice(0, Number(lines ?? 0)) : rows;
  return ['+OK', ...header.split('\r\n').slice(0, -1), ...kept, '.'];
}

/**
 * Sends a refusal and counts it. Returns true, because the dialogue continues. `talk` ends the dialogue after too many
 * refusals.
 */
function fail(state: State, line: string): boolean {
  state.errors += 1;
  state.dialogue.session.write(line);
  return true;
}
