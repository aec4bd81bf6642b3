/**
 * The meanings of Entra's AADSTS codes in reply to a client-credentials request. Used for failures of a probe, pasted
 * text and metric labels. The sources are Microsoft's page "Microsoft Entra authentication and authorization error
 * codes" and reports of callers.
 */
import type { Cause } from '../model/cause.ts';

export interface CodeMeaning {
  readonly cause: Cause;
  readonly detail?: string;
}

const GROUPS: readonly (readonly [CodeMeaning, readonly number[]])[] = [
  [{ cause: 'secret-expired' }, [7000222]],
  [{ cause: 'secret-invalid' }, [7000215, 70002]],
  [{ cause: 'secret-missing' }, [7000216, 7000218]],
  [{ cause: 'client-type-mismatch' }, [700025]],
  [
    { cause: 'cert-credential-invalid' },
    [700027, 700030, 50012, 50013, 50017, 1000502, 50027, 50048, 700021, 700023, 900384, 5002723, 5002730],
  ],
  [
    { cause: 'cert-credential-invalid', detail: 'federated-identity' },
    [70021, 700211, 700212, 700213, 700222, 700223, 700229, 7002137, 7002138],
  ],
  [{ cause: 'assertion-time-invalid' }, [700024]],
  [{ cause: 'app-not-found' }, [700016, 70001, 700011]],
  [{ cause: 'app-disabled' }, [7000112, 1000031]],
  [{ cause: 'sp-missing-in-tenant' }, [7000229, 650051]],
  [{ cause: 'sp-missing-in-tenant', detail: 'of-the-resource' }, [650052]],
  [{ cause: 'tenant-not-found' }, [90002]],
  [{ cause: 'tenant-identifier-malformed' }, [900023, 90019]],
  [{ cause: 'tenant-endpoint-common' }, [50194, 9001023, 50059, 50128, 90124, 90130, 9002332]],
  [{ cause: 'national-cloud-mismatch' }, [90038, 900382, 900432, 900439, 1000104, 90051, 900381]],
  [{ cause: 'scope-format-invalid' }, [1002012, 70011, 28000, 28002, 28003, 700022, 1002013, 90009, 650053]],
  [{ cause: 'resource-not-found' }, [500011, 50001, 650054]],
  [{ cause: 'resource-not-found', detail: 'resource-disabled' }, [500014]],
  [{ cause: 'resource-not-in-app-permissions' }, [650057, 650056, 65005, 65006]],
  [
    { cause: 'request-malformed' },
    [
      900144, 90004, 90014, 9002313, 901002, 900561, 70003, 90013, 90023, 90056, 90100, 90102, 90121, 90016,
      90011,
    ],
  ],
  [{ cause: 'request-malformed', detail: 'regional-endpoint' }, [100007]],
  [
    { cause: 'conditional-access-blocked' },
    [
      53000, 53001, 53002, 53003, 53004, 53010, 53011, 530001, 530002, 530003, 530021, 530032, 530034, 530035,
      530004, 530084,
    ],
  ],
  [
    { cause: 'conditional-access-blocked', detail: 'tenant-restriction' },
    [50002, 500021, 500022, 500212, 500213],
  ],
  [{ cause: 'token-throttled' }, [50196, 90055]],
  [{ cause: 'token-service-transient' }, [90033, 90006, 90012, 90024, 90025, 50033, 90041, 90090, 90091]],
  [{ cause: 'token-service-transient', detail: 'not-passing' }, [90036, 90092, 50000]],
  [{ cause: 'app-permission-missing', detail: 'assignment-required' }, [501051]],
  [{ cause: 'admin-consent-missing' }, [65001, 90094, 90008, 90099]],
  [
    { cause: 'not-client-credentials' },
    [
      16000, 16001, 16003, 50005, 50011, 50014, 50020, 50034, 50053, 50055, 50056, 50057, 50058, 50064, 50072,
      50074, 50076, 50078, 50079, 50085, 50089, 50097, 50105, 50126, 50129, 50131, 50135, 50140, 50144, 50148,
      50155, 50158, 50178, 50199, 51004, 54005, 65004, 70000, 70016, 70018, 70019, 80002, 81010, 90020, 90027,
      90043, 90072, 135011, 165900, 399284, 500112, 500121, 500133, 500201, 500207, 500208, 700003, 700005,
      700009, 700020, 700054, 900971, 9002325, 9002326, 9002327, 7000014, 7000113, 7000114, 7000118,
    ],
  ],
  [
    { cause: 'not-client-credentials', detail: 'refresh-token-ended' },
    [50132, 50133, 50173, 70008, 70043, 70044, 700082, 700084],
  ],
];

const MEANINGS: ReadonlyMap<number, CodeMeaning> = new Map(
  GROUPS.flatMap(([meaning, codes]) => codes.map((code) => [code, meaning] as const)),
);

/** Codes that older answers carry in addition to a specific one. */
const GENERIC: ReadonlySet<number> = new Set([70002, 50012, 70000, 50000]);

/** Returns the meaning of a code. Undefined if the table does not hold the code. */
export function meaningOf(code: number): CodeMeaning | undefined {
  return MEANINGS.get(code);
}

/**
 * Key: a code with several possible causes. Value: these causes, best first. They count only if no sentence in the
 * answer shows the cause.
 */
const OPEN: ReadonlyMap<number, readonly Cause[]> = new Map<number, readonly Cause[]>([
  [900384, ['cert-credential-invalid', 'national-cloud-mismatch']],
  // An answer with this code said "Client assertion audience claim does not match Realm issuer" (msal-dotnet#2746).
  // Microsoft's page gives another meaning, InvalidResourcelessScope.
  [700023, ['scope-format-invalid', 'cert-credential-invalid', 'national-cloud-mismatch']],
  // The code concerns more often a user's token (on-behalf-of flow) than a client's assertion.
  [50013, ['not-client-credentials', 'cert-credential-invalid']],
  [70001, ['app-not-found', 'app-disabled']],
  [65006, ['resource-not-in-app-permissions', 'national-cloud-mismatch']],
  // The message "can't be accessed at this time" names neither the caller nor the reason.
  [1000031, ['app-disabled', 'conditional-access-blocked']],
  [
    650056,
    ['resource-not-in-app-permissions', 'admin-consent-missing', 'app-not-found', 'cert-credential-invalid'],
  ],
  [50012, ['cert-credential-invalid', 'secret-invalid', 'assertion-time-invalid', 'secret-expired']],
  [70002, ['secret-invalid', 'secret-expired', 'cert-credential-invalid', 'assertion-time-invalid']],
]);

/** Returns the possible causes of a code, best first. Empty for a code with one cause, and for an unknown code. */
export function openCausesOf(code: number): readonly Cause[] {
  return OPEN.get(code) ?? [];
}

/**
 * Returns the causes of all codes that begin with this number. If the number is itself a code, its cause comes first.
 * Used for a number at the very end of a text, because its last digits may be missing.
 */
export function causesOfCut(code: number): readonly Cause[] {
  const begun = [...MEANINGS].filter(([known]) => String(known).startsWith(String(code)));
  const own = MEANINGS.get(code);
  return [...new Set([...(own === undefined ? [] : [own.cause]), ...begun.map(([, { cause }]) => cause)])];
}

/** Whether the code is known and has exactly one cause. */
export function isTelling(code: number): boolean {
  return isSpecific(code) && !OPEN.has(code);
}

/** Whether the code is known, and is none of the codes that older answers carry in addition to a specific one. */
export function isSpecific(code: number): boolean {
  return MEANINGS.has(code) && !GENERIC.has(code);
}

export function isKnownCode(code: number): boolean {
  return MEANINGS.has(code);
}

/** Returns the number in a code such as `AADSTS7000222`. Undefined for a code without the prefix AADSTS. */
export function codeNumber(code: string | undefined): number | undefined {
  const digits = /^AADSTS(\d{4,8})$/i.exec(code ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns the most specific of several codes in one answer. Undefined if there is none. Of generic codes, 70002 is the
 * least specific: an answer with `AADSTS70002: ... AADSTS50012: ...` concerns the assertion, as 50012 says.
 */
export function mostSpecific(codes: readonly number[]): number | undefined {
  return codes.findLast(isSpecific) ?? codes.findLast((code) => code !== 70002) ?? codes.at(-1);
}

/** Returns all codes with this cause, for tests and generated documents. */
export function codesOf(cause: Cause): readonly number[] {
  return [...MEANINGS].filter(([, meaning]) => meaning.cause === cause).map(([code]) => code);
}
