/**
 * The apps that a replica owns, for as long as it owns them. `cluster/` acquires it, `store/` checks each write against
 * it.
 */
export interface Lease {
  /** Id of the replica. */
  readonly replica: string;
  /** By app: how often its owner has changed. */
  readonly epochs: ReadonlyMap<string, number>;
}
