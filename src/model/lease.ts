/** What a replica holds while it owns apps. `cluster/` acquires it, `store/` checks each write against it. */
export interface Lease {
  /** Id of the replica. */
  readonly replica: string;
  /** By app: how often its owner has changed. */
  readonly epochs: ReadonlyMap<string, number>;
}
