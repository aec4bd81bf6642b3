/**
 * Exchange Online's IMAP front end as far as a read-only probe needs it: capabilities, XOAUTH2, EXAMINE, LOGOUT, and
 * Exchange's own replies to everything it refuses. `imap-mailbox.ts` answers the commands of a logged-in client.
 * `exchange.ts` decides which logins succeed.
 */
import { faultAfterLogin, checkLogin, loginTakesMs, type Login } from './exchange.ts';
import { type Dialogue, GREETINGS, type MailProtocol } from './mail-front.ts';
import { ANSWERS, READING, SELECTING } from './imap-mailbox.ts';

export const IMAP: MailProtocol = {
  protocol: 'imap',
  greeting: GREETINGS.imap,
  refusal: '* BYE Server Unavailable. 15',
  lineTooLong: '* BYE Connection closed. 14',
  longestLine: 16_384,
  talk,
};

/** Exchange hangs up after this many refused commands. */
const MOST_ERRORS = 3;
const NOT_CONNECTED = 'BAD User is authenticated but not connected.';
const BEFORE_LOGIN = 'UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+';
const AFTER_LOGIN =
  'UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE CHILDREN IDLE NAMESPACE LITERAL+';
const MAILBOX_COMMANDS: ReadonlySet<string> = new Set(['EXAMINE', 'SELECT', 'STATUS']);

interface State {
  readonly dialogue: Dialogue;
  upgradable: boolean;
  login: Login | undefined;
  errors: number;
  /** True if a mailbox is open. */
  selected: boolean;
}

interface Command {
  readonly tag: string;
  readonly name: string;
  readonly argument: string;
}

async function talk(dialogue: Dialogue): Promise<void> {
  const state: State = {
    dialogue,
    upgradable: dialogue.upgradable,
    login: undefined,
    errors: 0,
    selected: false,
  };
  for (;;) {
    const line = await dialogue.session.read();
    if (line === undefined) return;
    const open = await obey(state, parse(line));
    if (!open) return;
    if (state.errors >= MOST_ERRORS) {
      dialogue.session.write('* BYE Connection closed. 14');
      return;
    }
  }
}

function parse(line: string): Command | undefined {
  const [, tag, name, argument] = /^([^\s(){%*"\\+]+) ([A-Za-z]+)(?: (.*))?$/.exec(line) ?? [];
  if (tag === undefined || name === undefined) return undefined;
  return { tag, name: name.toUpperCase(), argument: argument ?? '' };
}

/** Returns false when the dialogue is over. */
async function obey(state: State, command: Command | undefined): Promise<boolean> {
  const { session } = state.dialogue;
  if (command === undefined) return fail(state, '*', 'BAD Command Error. 10');
  const { tag, name } = command;
  if (name === 'LOGOUT') {
    session.write(
      '* BYE Microsoft Exchange Server IMAP4 server signing off. (simulated by mailprobe)',
      `${tag} OK LOGOUT completed.`,
    );
    return false;
  }
  if (name === 'CAPABILITY') {
    session.write(capabilities(state), `${tag} OK CAPABILITY completed.`);
    return true;
  }
  if (name === 'STARTTLS') return await startTls(state, tag);
  if (name === 'AUTHENTICATE') return await authenticate(state, command);
  if (name === 'LOGIN') {
    await session.wait(state.dialogue.options.failureDelayMs);
    return fail(state, tag, 'NO LOGIN failed.');
  }
  if (state.login?.outcome === 'not-connected') return fail(state, tag, NOT_CONNECTED);
  if (name === 'ID') {
    session.write(
      '* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20" "environment" "simulated by mailprobe")',
      `${tag} OK ID completed.`,
    );
    return true;
  }
  if (name === 'NOOP' && state.login === undefined) {
    session.write(`${tag} OK NOOP completed.`);
    return true;
  }
  if (state.login?.outcome !== 'opened') return fail(state, tag, 'BAD Command received in Invalid state.');
  return await obeyOpened(state, state.login, command);
}

async function obeyOpened(
  state: State,
  login: Extract<Login, { outcome: 'opened' }>,
  command: Command,
): Promise<boolean> {
  const { session, options } = state.dialogue;
  const { tag, name, argument } = command;
  const fault = faultAfterLogin(options.tenant(), 'imap', login);
  if (fault === 'session-closed') {
    session.write('* BYE Connection is closed. 13');
    return false;
  }
  if (fault === 'token-expired' || fault === 'in-transit') {
    const word = fault === 'in-transit' ? 'MailboxInTransit' : 'AccessTokenExpired';
    session.write(`* BYE Session invalidated - ${word}`);
    return false;
  }
  if (fault === 'unavailable' && MAILBOX_COMMANDS.has(name))
    return fail(state, tag, 'NO Server Unavailable. 15');
  if (MAILBOX_COMMANDS.has(name) && !/^"?inbox"?(?: |$)/i.test(argument))
    return fail(state, tag, `NO ${name} failed.`);
  if (READING.has(name) && !state.selected) return fail(state, tag, 'BAD Command received in Invalid state.');
  if (name === 'IDLE') return await idle(state, tag);
  const answer = ANSWERS[name];
  if (answer === undefined) return fail(state, tag, 'BAD Command Error. 12');
  const lines = answer(login.mailbox, argument);
  if (lines === undefined) return fail(state, tag, 'BAD Command Argument Error. 11');
  if (SELECTING.has(name)) state.selected = name === 'SELECT' || name === 'EXAMINE';
  session.write(...lines, completed(tag, name));
  return true;
}

async function idle({ dialogue: { session } }: State, tag: string): Promise<boolean> {
  session.write('+ IDLE accepted, awaiting DONE command.');
  const line = await session.read();
  if (line === undefined) return false;
  session.write(line.toUpperCase() === 'DONE' ? `${tag} OK IDLE completed.` : `${tag} BAD Command Error. 12`);
  return true;
}

/**
 * Returns the last line of a reply. SELECT is also answered as read-only, because the simulated mailbox cannot change.
 */
function completed(tag: string, name: string): string {
  const code = name === 'SELECT' || name === 'EXAMINE' ? '[READ-ONLY] ' : '';
  return `${tag} OK ${code}${name} completed.`;
}

function capabilities(state: State): string {
  if (state.upgradable) return `* CAPABILITY IMAP4 IMAP4rev1 LOGINDISABLED STARTTLS SASL-IR ${BEFORE_LOGIN}`;
  // As on the real server, a session that is "authenticated but not connected" has the capabilities after login.
  const list = state.login === undefined ? BEFORE_LOGIN : AFTER_LOGIN;
  return `* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR ${list}`;
}

async function startTls(state: State, tag: string): Promise<boolean> {
  if (!state.upgradable) return fail(state, tag, 'BAD Command Error. 12');
  state.dialogue.session.write(`${tag} OK Begin TLS negotiation now.`);
  await state.dialogue.session.startTls();
  state.upgradable = false;
  return true;
}

async function authenticate(state: State, command: Command): Promise<boolean> {
  const { session, options } = state.dialogue;
  const { tag, argument } = command;
  const [mechanism = '', initial] = argument.split(' ');
  if (state.upgradable || state.login?.outcome === 'opened') {
    return fail(state, tag, 'BAD Command received in Invalid state.');
  }
  if (mechanism.toUpperCase() !== 'XOAUTH2') {
    await session.wait(options.failureDelayMs);
    const known = mechanism.toUpperCase() === 'PLAIN';
    const tail = known ? '' : ' Provided authentication mechanism is not supported';
    return fail(state, tag, `NO AUTHENTICATE failed.${tail}`);
  }
  if (initial === undefined) session.write('+ ');
  const sasl = initial ?? (await session.read());
  if (sasl === undefined) return false;
  if (sasl === '*') return fail(state, tag, 'BAD AUTHENTICATE cancelled.');
  const login = await checkLogin(options.tenant(), options.issuer, 'imap', sasl);
  options.onLogin('imap', login.outcome === 'opened');
  if (login.outcome === 'fault') return await meetFault(state, tag, login);
  if (login.outcome === 'refused') {
    await session.wait(options.failureDelayMs);
    return fail(state, tag, `NO AUTHENTICATE failed.${diagnosticTail(state, login)}`);
  }
  if (login.outcome === 'opened') await session.wait(loginTakesMs(options.tenant(), 'imap', login));
  state.login = login;
  // From here on, only refusals after the login count.
  state.errors = 0;
  session.write(`${tag} OK AUTHENTICATE completed.`);
  return true;
}

async function meetFault(
  state: State,
  tag: string,
  { fault }: Extract<Login, { outcome: 'fault' }>,
): Promise<boolean> {
  if (fault.kind === 'silent-at-login') {
    await state.dialogue.session.stall();
    return false;
  }
  if (fault.kind === 'drop-at-login') return false;
  if (fault.kind === 'throttled') {
    const backoffMs = fault.backoffMs ?? 92_415;
    return fail(state, tag, `BAD Request is throttled. Suggested Backoff Time: ${backoffMs} milliseconds`);
  }
  return fail(state, tag, 'NO Server Unavailable. 15');
}

/**
 * Returns the undocumented text that some tenants append to a refusal, or an empty one for other tenants. The text is
 * from public threads.
 */
function diagnosticTail(state: State, login: Extract<Login, { outcome: 'refused' }>): string {
  if (!state.dialogue.options.tenant().diagnosticTail) return '';
  const reason =
    login.because === 'mailbox'
      ? 'NoADRecipient AuthResultFromPopImapEnd=8'
      : 'LogonDenied-None-OAuthLog:AuthExc_Auth Failed.';
  return ` Error="AuthFailed:${reason} User:${login.user.replaceAll(/[^\x20-\x7e]|"/g, '')}"`;
}

/**
 * Sends a refusal and counts it. Returns true, because the dialogue continues. `talk` ends the dialogue after too many
 * refusals.
 */
function fail(state: State, tag: string, text: string): boolean {
  state.errors += 1;
  state.dialogue.session.write(`${tag} ${text}`);
  return true;
}
