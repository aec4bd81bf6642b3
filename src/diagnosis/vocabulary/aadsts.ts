/**
 * What each of Entra's AADSTS codes means for a client-credentials request. One table for the probe's failures, for
 * pasted text and for metric labels. The meanings follow Microsoft's "Microsoft Entra authentication and
 * authorization error codes" and what callers reported of them.
 */
export interface CodeMeaning {
  readonly cause: string;
  readonly detail?: string;
  /** Says less than any other code beside it: old answers carry two. */
  readonly generic?: true;
}

const GROUPS: readonly (readonly [CodeMeaning, readonly number[]])[] = [
  [{ cause: 'secret-expired' }, [7000222]],
  [{ cause: 'secret-invalid' }, [7000215]],
  [{ cause: 'secret-missing' }, [7000216, 7000218]],
  [{ cause: 'client-type-mismatch' }, [700025]],
  [{ cause: 'cert-credential-invalid' }, [700027, 700030, 50012, 50013, 50027, 50048, 700021, 5002723]],
  [
    { cause: 'cert-credential-invalid', detail: 'federated-identity' },
    [70021, 700211, 700212, 700213, 700222, 700223],
  ],
  [{ cause: 'assertion-time-invalid' }, [700024]],
  [{ cause: 'app-not-found' }, [700016, 70001, 700011]],
  [{ cause: 'app-disabled' }, [7000112, 1000031, 7000113, 7000114]],
  [{ cause: 'sp-missing-in-tenant' }, [7000229, 650052, 650051]],
  [{ cause: 'tenant-not-found' }, [90002]],
  [{ cause: 'tenant-identifier-malformed' }, [900023, 90019, 90102]],
  [{ cause: 'tenant-endpoint-common' }, [50194, 9001023, 50059, 900971]],
  [{ cause: 'national-cloud-mismatch' }, [90038, 900382, 900432, 1000104, 90051, 900381]],
  [{ cause: 'scope-format-invalid' }, [1002012, 70011, 28002, 28003, 700022, 700023, 1002013]],
  [{ cause: 'resource-not-found' }, [500011, 50001]],
  [{ cause: 'resource-not-in-app-permissions' }, [650057, 650056, 650054]],
  [
    { cause: 'request-malformed' },
    [900144, 90014, 9002313, 901002, 900561, 70003, 90013, 90023, 90100, 90121, 900491, 90016, 7000014],
  ],
  [{ cause: 'request-malformed', detail: 'regional-endpoint' }, [100007]],
  [
    { cause: 'conditional-access-blocked' },
    [
      53000, 53001, 53002, 53003, 53004, 53010, 53011, 530001, 530002, 530003, 530021, 530032, 530034, 530035,
      530084,
    ],
  ],
  [
    { cause: 'conditional-access-blocked', detail: 'tenant-restriction' },
    [50002, 500021, 500022, 500212, 500213],
  ],
  [{ cause: 'token-throttled' }, [50196, 90055]],
  [
    { cause: 'token-service-transient' },
    [90033, 90006, 90012, 90024, 90025, 50033, 90036, 90090, 50000, 50178, 90020, 90043],
  ],
  [{ cause: 'app-permission-missing', detail: 'assignment-required' }, [501051]],
  [{ cause: 'admin-consent-missing' }, [65001, 90094, 90008, 90009, 90099, 65005]],
  [
    { cause: 'not-client-credentials' },
    [
      50020, 50034, 50053, 50055, 50056, 50057, 50058, 50072, 50074, 50076, 50078, 50079, 50097, 50105, 50126,
      50128, 50129, 50131, 50133, 50140, 50144, 50158, 50173, 65004, 70000, 70002, 70008, 70043, 70044, 80002,
      81010, 135011, 165900, 399284, 500121, 500133, 700003, 700082, 700084, 54005, 7000118,
    ],
  ],
];

const MEANINGS: ReadonlyMap<number, CodeMeaning> = new Map(
  GROUPS.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
);

/** Codes that older answers put before the one that tells. */
const GENERIC: ReadonlySet<number> = new Set([70002, 50012, 70000, 50000]);

/** Undefined for a code that the table does not hold. */
export function meaningOf(code: number): CodeMeaning | undefined {
  return MEANINGS.get(code);
}

export function isKnownCode(code: number): boolean {
  return MEANINGS.has(code);
}

/** The number in `AADSTS7000222`; undefined for any other code. */
export function codeNumber(code: string | undefined): number | undefined {
  const digits = /^AADSTS(\d{4,8})$/i.exec(code ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Of several codes in one answer, the one that tells most: the last that is not generic (`AADSTS70002: ...
 * AADSTS50012: ...` is about the assertion), else the last.
 */
export function mostSpecific(codes: readonly number[]): number | undefined {
  return (
    codes.findLast((code) => MEANINGS.has(code) && !GENERIC.has(code)) ??
    codes.findLast((code) => code !== 70002) ??
    codes.at(-1)
  );
}

/** For meta-tests and the handbook. */
export function codesOf(cause: string): readonly number[] {
  return [...MEANINGS].filter(([, meaning]) => meaning.cause === cause).map(([code]) => code);
}
