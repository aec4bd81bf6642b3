/**
 * The settings of notifications: who is notified, how, and where the addresses and keys are. Parsed by `config/`, used
 * by `notify/`.
 */
import type { Owner, Severity } from './diagnosis.ts';
import type { SecretSource } from './target.ts';

export const CHANNEL_TYPES = ['webhook', 'alertmanager', 'email', 'teams'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** Selects the incidents that a channel reports: those that match every member that is present. */
export interface ChannelFilter {
  readonly owners?: readonly Owner[];
  readonly apps?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Matches this severity and higher ones. */
  readonly severity?: Severity;
}

/** A URL, or where a secret URL is stored, such as that of a Teams workflow. */
export type UrlSource = { readonly from: 'text'; readonly url: URL } | SecretSource;

export interface WebhookSettings {
  readonly type: 'webhook';
  readonly url: UrlSource;
  /** The signing keys, one per line: `whsec_` and base64. There are several during a rotation. */
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
  /**
   * `starttls`: if the server does not offer STARTTLS, no message is sent. `none`: the connection is not encrypted, so
   * no login is sent.
   */
  readonly tls: (typeof MAIL_TLS)[number];
  readonly from: string;
  readonly to: readonly string[];
  readonly login?:
    | { readonly kind: 'password'; readonly username: string; readonly password: SecretSource }
    /** The login is XOAUTH2 with the mail token of this app. The app needs the permission SMTP.SendAsApp. */
    | { readonly kind: 'app'; readonly username: string; readonly app: string };
}

export type ChannelSettings = ChannelFilter & { readonly id: string } & (
    | WebhookSettings
    | AlertmanagerSettings
    | EmailSettings
    | TeamsSettings
  );

/** When advisories and coming expiries that are not urgent are sent. The time zone applies to all messages. */
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
