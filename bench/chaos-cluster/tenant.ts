/** The messages to and from the process of the tenant. Used by `tenant-process.ts` and the run. */
export type TenantRequest =
  | { readonly ask: 'ports' }
  /** From now on, these mailboxes refuse every login, and all other mailboxes accept it. */
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

/** A login. It is recorded a second time, with `ended`, if the client sent LOGOUT or QUIT. */
export interface SeenProbe {
  readonly mailbox: string;
  readonly replica: string;
  readonly protocol: 'imap' | 'pop3';
  /** The connection was accepted between `from` and `until`. */
  readonly from: number;
  readonly until: number;
  readonly ended?: number;
}

export interface SeenMessage {
  /** The header `webhook-id`, which is the same at each attempt to send a message. */
  readonly id: string;
  readonly type: string;
  readonly incident: string | undefined;
}

export interface Seen {
  readonly probes: readonly SeenProbe[];
  readonly messages: readonly SeenMessage[];
}
