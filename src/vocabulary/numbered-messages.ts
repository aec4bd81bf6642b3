/**
 * How programs print error numbers, for the tables of messages in this folder: `[Errno 111]`, `curl: (6)`,
 * `NSURLErrorDomain Code=-1003`. A bare number is no evidence: it may be a phone number.
 */

/**
 * An errno as Python, Rust, OpenSSL and the c-client print it. Linux and macOS differ in some, so there may be several.
 */
export function unixNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    number < 100 ? `[errno ${number}]` : `errno ${number}`,
    `os error ${number}`,
    number < 100 ? `connect:errno=${number}` : `errno=${number}`,
    `errno = ${number}`,
  ]);
}

/** Winsock's numbers. Nothing else has numbers that high. */
export function winsockNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    `(${number})`,
    `winerror ${number}`,
    `os error ${number}`,
    `error ${number}`,
    `errno ${number}`,
    `errno=${number}`,
    `error(${number},`,
  ]);
}

export function curlNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    `curl: (${number})`,
    `curl error ${number}`,
    `curl error: ${number}`,
    `curl error (${number})`,
  ]);
}

/** The numbers that `openssl s_client` prints. */
export function verifyNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [`verify return code: ${number} `, `verify error:num=${number}:`]);
}

/** The numbers of Apple's URL loading system, which are negative. */
export function urlNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    `nsurlerrordomain code=-${number}`,
    `nsurlerrordomain error -${number}`,
    `cfnetwork code=-${number}`,
    `http load failed (error code: -${number}`,
  ]);
}

/** The numbers of Apple's Secure Transport, which are negative. */
export function appleTlsNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    `err(-${number})`,
    `failed (-${number})`,
    `3:-${number}`,
    `codekey=-${number}`,
    `originalvalue=-${number}`,
    `domainssl, -${number})`,
    `osstatus error -${number}`,
    `osstatus -${number}`,
  ]);
}
