/**
 * When did it last happen to anybody, and when to anybody but one? Keeps the latest time and the latest of somebody
 * else, so that the question costs nothing however many there are. Used by the counts of neighbours.
 */
export interface LastSeen {
  /** Without a time nothing happened. */
  readonly note: (who: string, at: number | undefined) => void;
  /** Did it happen to anybody but `self` after that time? */
  readonly isAfter: (at: number, self: string) => boolean;
}

export function createLastSeen(): LastSeen {
  let leader = '';
  let leaderAt = Number.NEGATIVE_INFINITY;
  /** The latest of all but the leader. */
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
    isAfter: (at, self) => (self === leader ? nextAt : leaderAt) > at,
  };
}
