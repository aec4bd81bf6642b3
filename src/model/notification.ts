/**
 * Who is notified, how, and where the addresses and keys are kept. Parsed by `config/`, used by `notify/`. Durations in
 * milliseconds.
 */
import type { Owner, Severity } from './diagnosis.ts';
import type { SecretSource } from './target.ts';

export const CHANNEL_TYPES = ['webhook', 'alertmanager', 'email', 'teams'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** Which incidents a channel is for: those that match every member that is present. */
export interface ChannelFilter {
  readonly owners?: readonly Owner[];
  readonly apps?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** This severity and higher ones. */
  readonly severity?: Severity;
}

/** A URL in the configuration itself, or the source of one: the URL of a Teams workflow is a secret. */
export type UrlSource = { readonly from: 'text'; readonly url: URL } | SecretSource;

export interface WebhookSettings {
  readonly type: 'webhook';
  readonly url: UrlSource;
  /** One key per line, each `whsec_` and base64. Several during a rotation. */
  readonly secret: SecretSource;
}

export interface AlertmanagerSettings {
  readonly type: 'alertmanager';
  /** Without `/api/v2/alerts`. */
  readonly url: UrlSource;
  /** A bearer token. */
  readonly token?: SecretSource;
}

export interface TeamsSettings {
  readonly type: 'teams';
  readonly url: UrlSource;
}

export const MAIL_TLS = ['starttls', 'implicit', 'none'] as const;

export interface EmailSettings {
  readonly type: 'email';
  readonly host: string;
  readonly port: number;
  /** `starttls` is required, not opportunistic. `none` never sends a login. */
  readonly tls: (typeof MAIL_TLS)[number];
  readonly from: string;
  readonly to: readonly string[];
  readonly login?:
    | { readonly kind: 'password'; readonly username: string; readonly password: SecretSource }
    /** XOAUTH2 with the mail token of this app, which needs the permission SMTP.SendAsApp. */
    | { readonly kind: 'app'; readonly username: string; readonly app: string };
}

export type ChannelSettings = ChannelFilter & { readonly id: string } & (
    | WebhookSettings
    | AlertmanagerSettings
    | EmailSettings
    | TeamsSettings
  );

/** When non-urgent advisories and expiries are sent, and the time zone of all messages. */
export interface DigestSettings {
  /** Minutes since local midnight. */
  readonly atMinute: number;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
}

export interface HeartbeatSettings {
  readonly url: UrlSource;
  readonly intervalMs: number;
}

export interface NotifySettings {
  readonly channels: readonly ChannelSettings[];
  readonly digest: DigestSettings;
  readonly heartbeat?: HeartbeatSettings;
  /** `https://mailprobe.example`, without a trailing slash. */
  readonly externalUrl?: string;
}
