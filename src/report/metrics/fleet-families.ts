/**
 * The metrics of problems, apps, credentials, endpoints and the store, computed at every scrape. Each row is one
 * metric.
 */
import { endDateInUse } from '../../model/credential.ts';
import { windowOver } from '../../model/maintenance.ts';
import { NO_LABELS, timed, type FleetFamily, type FleetSample, type Scrape } from './family.ts';
import { PROBER_FAMILIES } from './prober-families.ts';
import { tokenFailures } from './token-failures.ts';

export const FLEET_FAMILIES: readonly FleetFamily[] = [
  {
    name: 'mailprobe_problem_affected_mailboxes',
    help: 'Mailboxes affected by each open problem; a problem that is not open is absent.',
    type: 'gauge',
    labels: ['cause', 'scope', 'subject', 'owner'],
    samples: ({ snapshot }) =>
      snapshot.problems.map(({ cause, scope, subject, owner, affectedMailboxes }) => [
        [cause, scope, subject, owner],
        affectedMailboxes.length,
      ]),
  },
  {
    name: 'mailprobe_problem_since_timestamp_seconds',
    help: 'When each open problem opened, in seconds since the Unix epoch, with its severity.',
    type: 'gauge',
    labels: ['cause', 'scope', 'subject', 'owner', 'severity'],
    samples: ({ snapshot }) =>
      snapshot.problems.flatMap(({ cause, scope, subject, owner, severity, since }) =>
        timed([cause, scope, subject, owner, severity], since),
      ),
  },
  {
    name: 'mailprobe_app_info',
    help: 'Always 1. The labels name where the app gets its tokens and its owner as configured. For joins.',
    type: 'gauge',
    labels: ['app', 'tenant', 'token_host', 'app_owner'],
    samples: ({ source }) =>
      source
        .apps()
        .map(({ id, tenant, authority, owner }) => [[id, tenant, tokenHost(authority), owner ?? ''], 1]),
  },
  {
    name: 'mailprobe_token_requests_total',
    help: 'Requests for an access token sent to the token endpoint.',
    type: 'counter',
    labels: ['app'],
    samples: ({ source, snapshot }) => {
      const sent = new Map(snapshot.tokens.map(({ app, requestsTotal }) => [app, requestsTotal]));
      const apps = new Set([...source.apps().map(({ id }) => id), ...sent.keys()]);
      return [...apps].map((app) => [[app], sent.get(app) ?? 0]);
    },
  },
  {
    name: 'mailprobe_token_request_failures_total',
    help: 'Requests for an access token that failed, by cause.',
    type: 'counter',
    labels: ['app', 'cause'],
    samples: ({ source, snapshot }) => snapshot.tokens.flatMap((token) => tokenFailures(token, source)),
  },
  {
    name: 'mailprobe_token_expiry_timestamp_seconds',
    help: 'When the cached access token ends, in seconds since the Unix epoch; absent while there is none.',
    type: 'gauge',
    labels: ['app'],
    samples: ({ snapshot }) => snapshot.tokens.flatMap(({ app, expiresAt }) => timed([app], expiresAt)),
  },
  {
    name: 'mailprobe_credential_expiry_timestamp_seconds',
    help: 'When a credential of the app expires, in seconds since the Unix epoch, by source of the date.',
    type: 'gauge',
    labels: ['app', 'credential', 'kind', 'source'],
    samples: ({ source }) =>
      source.credentials().flatMap((status) =>
        status.endDates.flatMap(({ credential, source, expiresAt }) => {
          const known = status.registered.find(
            ({ keyId, thumbprint }) => keyId === credential || thumbprint === credential,
          );
          return timed([status.app, credential, known?.kind ?? status.kind, source], expiresAt);
        }),
      ),
  },
  {
    name: 'mailprobe_credential_in_use',
    help: 'Always 1; names the credential that the app uses, or the first to end if that is not known. For joins.',
    type: 'gauge',
    labels: ['app', 'credential'],
    samples: ({ source, snapshot }) =>
      source.credentials().flatMap((status) => {
        const inUse = endDateInUse(status, snapshot.at);
        return inUse === undefined ? [] : [[[status.app, inUse.end.credential], 1]];
      }),
  },
  {
    name: 'mailprobe_credential_valid',
    help: 'Whether the last check of the credential with a fresh token succeeded (1) or was refused (0).',
    type: 'gauge',
    labels: ['app'],
    samples: ({ source }) =>
      source.credentials().flatMap(({ app, valid }) => (valid === undefined ? [] : [[[app], valid ? 1 : 0]])),
  },
  {
    name: 'mailprobe_credential_last_check_timestamp_seconds',
    help: 'When the credential was last checked with a fresh token, in seconds since the Unix epoch.',
    type: 'gauge',
    labels: ['app'],
    samples: ({ source }) => source.credentials().flatMap(({ app, lastCheck }) => timed([app], lastCheck)),
  },
  {
    name: 'mailprobe_tls_certificate_expiry_timestamp_seconds',
    help: 'When the earliest-ending certificate that the mail endpoint presented ends, in seconds since the Unix epoch.',
    type: 'gauge',
    labels: ['endpoint'],
    samples: certificateEnds,
  },
  {
    name: 'mailprobe_incidents_total',
    help: 'Incidents opened since this process started; one that is reopened, or was open before, counts once. If the store was unavailable at the start, new incidents are counted when it is back; with several replicas, when they are stored, on the replica that stored them first.',
    type: 'counter',
    labels: ['cause', 'scope', 'owner'],
    samples: ({ source }) =>
      source.incidents.counts().map(({ cause, scope, owner, count }) => [[cause, scope, owner], count]),
  },
  {
    name: 'mailprobe_notifications_total',
    help: 'Attempts to send a notification: sent, to be retried (retry), given up (failed), or no longer needed when due (skipped).',
    type: 'counter',
    labels: ['channel', 'outcome'],
    samples: ({ source }) =>
      source.notifications().map(({ channel, outcome, count }) => [[channel, outcome], count]),
  },
  {
    name: 'mailprobe_maintenance_active',
    help: 'Always 1; the mailboxes that are in a maintenance window now. For alerts: unless on (mailbox).',
    type: 'gauge',
    labels: ['mailbox'],
    samples: mutedMailboxes,
  },
  {
    name: 'mailprobe_store_up',
    help: 'Whether changes are written to the store (1), or kept in memory because it is unavailable (0).',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source: { store } }) => [[NO_LABELS, store().up ? 1 : 0]],
  },
  {
    name: 'mailprobe_store_pending',
    help: 'Rows that are not written to the store yet.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source: { store } }) => [[NO_LABELS, store().pending]],
  },
  {
    name: 'mailprobe_replica_apps',
    help: 'Apps that this replica probes.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source }) =>
      source
        .replicas()
        .filter(({ isSelf }) => isSelf)
        .map(({ apps }) => [NO_LABELS, apps.length]),
  },
  {
    name: 'mailprobe_replicas',
    help: 'Running replicas, as seen by this one.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source: { replicas } }) => [[NO_LABELS, replicas().length]],
  },
  {
    name: 'mailprobe_external_url_info',
    help: 'Always 1; the address under which people reach the pages, if one is configured. For links in alerts.',
    type: 'gauge',
    labels: ['url'],
    samples: ({ source }) => {
      const url = source.externalUrl();
      return url === undefined ? [] : [[[url], 1]];
    },
  },
  ...PROBER_FAMILIES,
];

function mutedMailboxes({ source, snapshot }: Scrape): readonly FleetSample[] {
  const inForce = source.maintenance.inForce(snapshot.at);
  if (inForce.length === 0) return [];
  const mailboxes = new Map(snapshot.targets.map(({ target: { mailbox } }) => [mailbox.id, mailbox]));
  return [...mailboxes.values()]
    .filter((mailbox) => windowOver(mailbox, inForce) !== undefined)
    .map(({ id }) => [[id], 1]);
}

/** Returns `host:port`, as the problems of a token host name it. */
function tokenHost(authority: string): string {
  const { hostname, port } = new URL(authority);
  return `${hostname}:${port === '' ? 443 : port}`;
}

function certificateEnds({ serverCertificates }: Scrape): readonly FleetSample[] {
  return serverCertificates.flatMap(({ endpoint, certificate }) => timed([endpoint], certificate.notAfter));
}
