/** What `cluster/` holds and `store/` checks each write against. */
export interface Lease {
  /** Id of the replica. */
  readonly replica: string;
  /** By app: how often it has changed hands. */
  readonly epochs: ReadonlyMap<string, number>;
}
