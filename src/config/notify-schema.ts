/**
 * The schema of notifications, as written in the file: channels, the digest, the heartbeat. It holds the sources of
 * secrets, never secrets. `notify-settings.ts` turns it into the types of `model/`. Used by `schema.ts`.
 */
import { z } from 'zod';
import { OWNERS, SEVERITIES } from '../model/diagnosis.ts';
import { CHANNEL_TYPES, MAIL_TLS, type ChannelType } from '../model/notification.ts';
import { addFault, choice, duration, line, mismatch, path, text, whole, words } from './fields.ts';
import { timezone } from './memory-schema.ts';
import { host, identifier, labels } from './nouns-schema.ts';
import { shownKind } from './shown.ts';

const urlExpected = 'an http or https URL such as https://hooks.example/mailprobe';

/** An error never quotes the URL, because some services put a secret into it. */
const url = text({
  expected: urlExpected,
  code: 'not-a-url',
  pattern: /^https?:\/\/[^\s@#]+$/,
  fault: (value) =>
    URL.canParse(value) ? undefined : { code: 'not-a-url', message: mismatch(urlExpected, value, shownKind) },
  echo: shownKind,
});

const variable = (what: string) =>
  text({
    expected: 'the name of an environment variable: letters, digits and "_"',
    code: 'not-a-variable-name',
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    echo: shownKind,
  }).describe(`Environment variable that holds ${what}.`);

const mailAddress = text({
  expected: 'an address such as it@contoso.example, or "mailprobe <mailprobe@contoso.example>"',
  code: 'not-an-address',
  pattern:
    /^(?:[^<>@\p{Cc}]{1,100} <[^\s<>@\p{Cc}]{1,64}@[^\s<>@\p{Cc}]{1,255}>|[^\s<>@\p{Cc}]{1,64}@[^\s<>@\p{Cc}]{1,255})$/u,
});

const nonEmpty = <T extends z.ZodType>(item: T, example: string) =>
  z.array(item, words(`a list such as [${example}]`)).min(1, words(`at least one, such as [${example}]`));

const written = z.strictObject(
  {
    id: identifier('channel').describe('Name of the channel in metrics, in incidents and in `notify test`.'),
    type: choice(CHANNEL_TYPES).describe('The kind of channel. Each has its own keys, see below.'),
    url: url
      .optional()
      .describe('`webhook`, `alertmanager`: the URL. For Alertmanager without `/api/v2/alerts`.'),
    url_file: path('a file that holds the URL', shownKind)
      .optional()
      .describe('`webhook`, `teams`: file that holds the URL. The URL of a Teams workflow is a secret.'),
    url_env: variable('the URL').optional(),
    secret_file: path('a file of signing keys', shownKind)
      .optional()
      .describe(
        '`webhook`: file of signing keys, one per line, each `whsec_` and the base64 of 24 to 64 bytes. There may be several during a rotation.',
      ),
    secret_env: variable('the signing key of a `webhook`').optional(),
    token_file: path('a file that holds a bearer token', shownKind)
      .optional()
      .describe('`alertmanager`: file of the bearer token, if Alertmanager requires one.'),
    host: host.optional().describe('`email`: the relay.'),
    port: whole('a port from 1 to 65535', 1, 65_535)
      .optional()
      .describe('`email`: the port. Default: 587, or 465 if `tls` is `implicit`, or 25 if it is `none`.'),
    tls: choice(MAIL_TLS)
      .optional()
      .describe(
        '`email`: with `starttls` (the default), the upgrade to TLS must succeed. With `none` there is no login.',
      ),
    from: mailAddress.optional().describe('`email`: the sender.'),
    to: nonEmpty(mailAddress, 'it@contoso.example').optional().describe('`email`: the recipients.'),
    username: line('a user name', 'not-a-user-name', 200)
      .optional()
      .describe('`email`: the user name of the login.'),
    password_file: path('a file that holds the password', shownKind)
      .optional()
      .describe('`email`: file of the password.'),
    password_env: variable('the password of an `email` login').optional(),
    app: identifier('app')
      .optional()
      .describe(
        '`email`: in place of a password, XOAUTH2 with the token of this app, which needs SMTP.SendAsApp.',
      ),
    owners: nonEmpty(choice(OWNERS), 'entra-admin')
      .optional()
      .describe('Only incidents that one of these owners can fix.'),
    apps: nonEmpty(identifier('app'), 'plm').optional().describe('Only incidents that affect these apps.'),
    labels: labels.optional().describe('Only incidents that affect a mailbox with all these labels.'),
    severity: choice(SEVERITIES).optional().describe('Only incidents of this severity or a higher one.'),
  },
  words('a mapping such as { id: ops, type: webhook, url: https://…, secret_file: hook }'),
);

type Written = z.output<typeof written>;

const COMMON: readonly (keyof Written)[] = ['id', 'type', 'owners', 'apps', 'labels', 'severity'];

/** For each type: the keys that a channel may have, and the groups of keys of which it needs exactly one. */
const KEYS: Readonly<
  Record<
    ChannelType,
    { readonly may: readonly (keyof Written)[]; readonly oneOf: readonly (readonly (keyof Written)[])[] }
  >
> = {
  webhook: {
    may: [],
    oneOf: [
      ['url', 'url_file', 'url_env'],
      ['secret_file', 'secret_env'],
    ],
  },
  alertmanager: { may: ['token_file'], oneOf: [['url']] },
  teams: { may: [], oneOf: [['url_file', 'url_env']] },
  email: {
    may: ['port', 'tls', 'username', 'password_file', 'password_env', 'app'],
    oneOf: [['host'], ['from'], ['to']],
  },
};

const channel = written.superRefine((one, faults) => {
  const { may, oneOf } = KEYS[one.type];
  const known = new Set<string>([...COMMON, ...may, ...oneOf.flat()]);
  for (const key of Object.keys(one)) {
    if (known.has(key)) continue;
    const message = `expected only keys of a channel of type ${one.type}, got ${key}`;
    addFault(faults, { code: 'wrong-key-for-type', message }, [key]);
  }
  for (const keys of oneOf) {
    const given = keys.filter((key) => one[key] !== undefined);
    if (given.length === 1) continue;
    const expected = keys.length === 1 ? String(keys[0]) : `exactly one of ${keys.join(', ')}`;
    const message = `expected ${expected} for a channel of type ${one.type}, got ${given.length === 0 ? 'none' : 'several'}`;
    addFault(faults, { code: 'channel-incomplete', message });
  }
  if (one.type === 'email') checkLogin(one, faults);
});

function checkLogin(one: Written, faults: Parameters<typeof addFault>[0]): void {
  const ways = [one.password_file, one.password_env, one.app].filter((way) => way !== undefined).length;
  if (one.username === undefined ? ways > 0 : ways !== 1) {
    const message =
      'expected username together with exactly one of password_file, password_env and app, or none of these keys, got something else';
    addFault(faults, { code: 'login-incomplete', message });
  }
  if (one.tls === 'none' && ways > 0)
    addFault(
      faults,
      {
        code: 'login-without-tls',
        message: 'expected no username with tls: none, because a login needs TLS',
      },
      ['tls'],
    );
}

export const notify = z.array(channel, words('a list of channels'));

export type ChannelInFile = Written;

const atExpected = 'a time of day such as "08:00", in quotes';

export const digest = z.strictObject(
  {
    at: text({ expected: atExpected, code: 'not-a-time-of-day', pattern: /^(?:[01]\d|2[0-3]):[0-5]\d$/ })
      .prefault('08:00')
      .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)))
      .describe('Local time at which the digest is sent.'),
    timezone: timezone
      .optional()
      .describe("IANA name of the time zone of all times in messages. Default: the system's."),
  },
  words('a mapping such as { at: "08:00", timezone: Europe/Berlin }'),
);

export type DigestInFile = z.output<typeof digest>;

export const heartbeat = z
  .strictObject(
    {
      url: url.optional().describe('The URL, requested with GET.'),
      url_file: path('a file that holds the URL', shownKind).optional().describe('File that holds the URL.'),
      url_env: variable('the URL').optional(),
      interval: duration(10_000, '10s').prefault('1m').describe('Time between two requests.'),
    },
    words('a mapping such as { url_file: /run/secrets/heartbeat, interval: 1m }'),
  )
  .superRefine((one, faults) => {
    const given = [one.url, one.url_file, one.url_env].filter((way) => way !== undefined).length;
    if (given === 1) return;
    const message = `expected exactly one of url, url_file, url_env, got ${given === 0 ? 'none' : 'several'}`;
    addFault(faults, { code: 'heartbeat-url', message });
  });

export type HeartbeatInFile = z.output<typeof heartbeat>;
