/**
 * The right of a replica to probe its apps and to write about them. `cluster/` acquires it, and `store/` checks each
 * write against it.
 */
export interface Lease {
  /** Id of the replica. */
  readonly replica: string;
  /** How often each app has changed its owner, by app id. Holds only the apps that the replica owns. */
  readonly epochs: ReadonlyMap<string, number>;
}
