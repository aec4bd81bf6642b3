/**
 * The right of a replica to probe its apps and to write about them. `cluster/` acquires it, and `store/` checks each
 * write against it.
 */
export interface Lease {
  /** Id of the replica. */
  readonly replica: string;
  /** For each app id that the replica owns: how often the owner of that app has changed. */
  readonly epochs: ReadonlyMap<string, number>;
}
