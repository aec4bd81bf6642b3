/**
 * Answers when an event last happened to any member of a group except one. It keeps the latest time with its member,
 * and the latest time of all other members. So an answer costs the same for a group of any size. Used by `peers.ts`.
 */
export interface LastSeen {
  /** Does nothing if the time is undefined. */
  readonly note: (who: string, at: number | undefined) => void;
  /** The latest time for a member other than `self`. Negative infinity if there is none. */
  readonly latestBut: (self: string) => number;
}

export function createLastSeen(): LastSeen {
  let leader = '';
  let leaderAt = Number.NEGATIVE_INFINITY;
  /** The latest time of all members except `leader`. */
  let nextAt = Number.NEGATIVE_INFINITY;

  return {
    note(who, at = Number.NEGATIVE_INFINITY) {
      if (who === leader) leaderAt = Math.max(leaderAt, at);
      else if (at <= leaderAt) nextAt = Math.max(nextAt, at);
      else {
        nextAt = leaderAt;
        leader = who;
        leaderAt = at;
      }
    },
    latestBut: (self) => (self === leader ? nextAt : leaderAt),
  };
}
