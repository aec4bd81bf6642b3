/**
 * The schema of the configuration file: every key, its meaning and its accepted values. The checks of `load.ts`, the
 * JSON Schema for editors and docs/configuration.md derive from it. Defaults that can be overridden per app or mailbox
 * are applied in `resolve.ts`.
 */
import { z } from 'zod';
import { CLOUD_NAMES, CLOUDS } from '../model/microsoft365.ts';
import { LOG_LEVELS } from '../model/log-level.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';
import { credential } from './credential-schema.ts';
import { choice, duration, line, mapping, origin, path, whole, words } from './fields.ts';
import { endpoints } from './endpoint-schema.ts';
import { http } from './http-schema.ts';
import { externalUrl, maintenance, replica, retention, store } from './memory-schema.ts';
import { digest, heartbeat, notify } from './notify-schema.ts';
import { address, clientId, identifier, labels, listen, proxy, scope, tenant } from './nouns-schema.ts';

const protocols = z
  .array(choice(PROTOCOL_IDS), words(`a list of protocols, such as [${PROTOCOL_IDS.join(', ')}]`))
  .min(1, words('at least one protocol, such as [imap]'))
  .refine((list) => new Set(list).size === list.length, {
    error: 'expected each protocol once, got one twice',
  });

/** Settings at three levels: `defaults`, app and mailbox. The most specific one applies. */
const watching = {
  interval: duration(1_000, '1s').describe('Time between two probes of a mailbox over one protocol.'),
  timeout: duration(1, '1ms').describe('Deadline of a whole probe. Must be shorter than the interval.'),
  protocols: protocols.describe('The protocols over which the mailboxes are probed.'),
  failure_threshold: whole('a whole number from 1 to 100', 1, 100).describe(
    'Failed probes in a row until a mailbox counts as down.',
  ),
  success_threshold: whole('a whole number from 1 to 100', 1, 100).describe(
    'Successful probes in a row until a mailbox counts as up again.',
  ),
};

/** Settings at two levels: `defaults` and app. */
const credentials = {
  credential_interval: duration(1_000, '1s').describe(
    'Time between two checks of a credential with a fresh token.',
  ),
  expiry_thresholds: z
    .array(whole('whole days from 1 to 3650', 1, 3_650), words('a list of days, such as [30, 14, 7]'))
    .min(1, words('at least one number of days, such as [30]'))
    .transform((days) => [...new Set(days)].toSorted((a, b) => b - a))
    .describe(
      'How many days before the end of a credential a problem opens. Its severity rises at each of them.',
    ),
};

/** Settings at two levels: top level and app. Their defaults depend on the cloud. */
const hosts = {
  authority: origin(CLOUDS.global.authority).describe('Token endpoint, without the tenant.').optional(),
  graph_endpoint: origin(CLOUDS.global.graphEndpoint)
    .describe('Microsoft Graph. The scope of its token depends on `cloud` only.')
    .optional(),
  scope: scope.describe('Scope of the token for the mail servers. Ends in `/.default`.').optional(),
  proxy: proxy
    .describe(
      'Proxy for the token, Graph and mail connections: an `http`, `https` or `socks5` URL. `none` or `null`: no proxy. ' +
        'Write its password as `${VAR}`, percent-encoded. `HTTPS_PROXY` and `NO_PROXY` of the environment are not used.',
    )
    .optional(),
};

export const appSchema = mapping(
  {
    id: identifier('app').describe('Name of the app in this file, in metrics and in alerts.'),
    tenant: tenant.describe(
      'Directory (tenant) id, or a domain of the tenant. From the Overview page of the app registration.',
    ),
    client_id: clientId.describe('Application (client) id. From the Overview page of the app registration.'),
    credential: credential.describe(
      'How the app proves who it is. Exactly one of `secret_file`, `secret_env`, `certificate_file` with `private_key_file`, or `federated_token_file`.',
    ),
    cloud: choice(CLOUD_NAMES)
      .prefault('global')
      .describe('Sets authority, Graph, scope and the mail hosts. Each can be overridden.'),
    graph: z
      .boolean(words('true or false'))
      .prefault(false)
      .describe(
        'The app may read its own registration through Graph: end dates, consent and object ids become known.',
      ),
    owner: line('a name of 1 to 100 characters', 'not-a-name', 100)
      .optional()
      .describe('Who renews the credential. Appears in alerts.'),
    ...hosts,
    ...endpoints,
    ...z.strictObject({ ...watching, ...credentials }).partial().shape,
  },
  'a mapping with id, tenant, client_id and credential',
);

export const mailboxSchema = mapping(
  {
    id: identifier('mailbox').describe(
      'Name of the mailbox in metrics, in alerts and on the command line. Not its address.',
    ),
    address: address.describe('Address of the mailbox, as in `Add-MailboxPermission -Identity`.'),
    app: identifier('app').describe('Id of the app that logs in.'),
    labels: labels
      .prefault({})
      .describe('Your own labels, such as `team: quality`. Health and API can be filtered by them.'),
    ...endpoints,
    ...z.strictObject(watching).partial().shape,
  },
  'a mapping with id, address and app',
);

const mailboxes = z.array(mailboxSchema, words('a list of mailboxes'));

/** A mailbox file: the list itself, or a mapping that holds it. */
export const mailboxFileSchema = mapping({ mailboxes }, 'a list of mailboxes, or a mapping with `mailboxes`');

const defaults = mapping(
  {
    interval: watching.interval.prefault('5m'),
    timeout: watching.timeout.prefault('30s'),
    protocols: watching.protocols.prefault([...PROTOCOL_IDS]),
    failure_threshold: watching.failure_threshold.prefault(2),
    success_threshold: watching.success_threshold.prefault(1),
    credential_interval: credentials.credential_interval.prefault('1h'),
    expiry_thresholds: credentials.expiry_thresholds.prefault([30, 14, 7]),
  },
  'a mapping such as { interval: 5m }',
);

const concurrency = mapping(
  {
    total: whole('a whole number from 1 to 10000', 1, 10_000)
      .optional()
      .describe(
        'How many probes may run at once, over all apps. Default: between 50 and 400, as many as the fleet needs and the file descriptors allow.',
      ),
    per_app: whole('a whole number from 1 to 10000', 1, 10_000)
      .optional()
      .describe(
        'How many probes of one app may run at once. Default: between 10 and 50, as many as the app needs, and fewer if Microsoft throttles it.',
      ),
  },
  'a mapping such as { total: 50, per_app: 10 }',
);

export const rootSchema = mapping(
  {
    listen: listen
      .prefault('127.0.0.1:10993')
      .describe('Where the pages, metrics and the API are served: `host:port`. Port 0: any free one.'),
    http: http.prefault({}).describe('Access control: tokens and TLS.'),
    external_url: externalUrl
      .optional()
      .describe(
        'Address under which people reach the pages: for links in alerts, notifications and the calendar. A path may follow the host. Default: the address of `listen`. If `listen` names all addresses of the machine (`0.0.0.0`), there are no links.',
      ),
    store: store
      .optional()
      .describe(
        'The database file that keeps states, incidents and history across a restart, or `none`; or a PostgreSQL database, which several replicas share. Default: `mailprobe.db` in `$STATE_DIRECTORY`, else next to this file. If neither can be written, nothing is kept. Takes effect at a restart.',
      ),
    replica: replica
      .optional()
      .describe('Names this replica, if several share one PostgreSQL database. Takes effect at a restart.'),
    retention: retention.prefault('400d').describe('How long closed incidents and state changes are kept.'),
    maintenance: maintenance
      .prefault([])
      .describe(
        'Windows in which nothing is sent. Probing continues. Incidents are marked and do not count. Without `apps`, `mailboxes` and `labels`: all mailboxes.',
      ),
    notify: notify
      .prefault([])
      .describe(
        'Channels that report incidents without Prometheus. Each can be narrowed by `owners`, `apps`, `labels` and `severity`. See [notifications.md](notifications.md).',
      ),
    digest: digest
      .prefault({})
      .describe('The daily message of advisories and expiries that are not urgent, one for each owner.'),
    heartbeat: heartbeat
      .optional()
      .describe(
        'A URL of a service that raises an alarm when requests stop. It is requested only while probes complete on time.',
      ),
    defaults: defaults
      .prefault({})
      .describe('Settings for all mailboxes. An app, and then a mailbox, can override them.'),
    apps: z
      .array(appSchema, words('a list of apps'))
      .min(1, words('at least one app'))
      .describe('The app registrations that read the mailboxes.'),
    mailboxes: mailboxes.prefault([]).describe('The mailboxes to watch.'),
    mailbox_files: z
      .array(path('a file, or a pattern'), words('a list of paths, such as [mailboxes.d/*.yaml]'))
      .prefault([])
      .describe(
        'More mailboxes, from these files: paths or patterns (`*`, `**`, `?`, `[...]`, `{a,b}`), from the folder of this file. ' +
          'Each holds a list of mailboxes, or a mapping with `mailboxes`.',
      ),
    tls: mapping(
      {
        ca_file: path('a PEM file')
          .optional()
          .describe(
            "PEM certificates that are trusted in addition to the system's, for token, Graph and mail connections.",
          ),
      },
      'a mapping such as { ca_file: corporate.pem }',
    )
      .prefault({})
      .describe('Trust.'),
    ...hosts,
    ...endpoints,
    concurrency: concurrency.prefault({}).describe('How many probes run at once.'),
    log: mapping(
      { level: choice(LOG_LEVELS).prefault('info').describe('`debug` logs each probe.') },
      'a mapping such as { level: info }',
    )
      .prefault({})
      .describe('The log, on standard output.'),
  },
  'a mapping with `apps` and `mailboxes`',
);

/**
 * The same schema without the items of `apps` and `mailboxes`. The items are checked one by one, so that an error in
 * one hides no other.
 */
export const shellSchema = rootSchema.extend({
  apps: z.array(z.unknown(), words('a list of apps')).min(1, words('at least one app')),
  mailboxes: z.array(z.unknown(), words('a list of mailboxes')).prefault([]),
});

export type Settings = z.output<typeof shellSchema>;
export type AppSettings = z.output<typeof appSchema>;
export type MailboxSettings = z.output<typeof mailboxSchema>;
