/** What the tenant's process is asked and what it has seen. Used by `tenant-process.ts` and the run. */
export type TenantRequest =
  | { readonly ask: 'ports' }
  /** From now on these mailboxes refuse every login, and no others. */
  | { readonly ask: 'fail'; readonly mailboxes: readonly string[] }
  | { readonly ask: 'take' };

export interface TenantPorts {
  readonly token: number;
  readonly imap: number;
  readonly pop3: number;
  readonly hook: number;
  /** PEM. */
  readonly ca: string;
}

/** A login. It is noted a second time, with its end, where the client said goodbye. */
export interface SeenProbe {
  readonly mailbox: string;
  readonly replica: string;
  readonly protocol: 'imap' | 'pop3';
  /** The connection was accepted between these two moments. */
  readonly from: number;
  readonly until: number;
  readonly ended?: number;
}

export interface SeenMessage {
  /** `webhook-id`: the same at each attempt. */
  readonly id: string;
  readonly type: string;
  readonly incident: string | undefined;
}

export interface Seen {
  readonly probes: readonly SeenProbe[];
  readonly messages: readonly SeenMessage[];
}
