/**
 * Returns the texts in which programs print an error number, for the tables of messages in this folder: `[Errno 111]`,
 * `curl: (6)`, `NSURLErrorDomain Code=-1003`. A bare number is not enough, because it may be a phone number.
 */

/**
 * Returns the texts in which Python, Rust, OpenSSL and the c-client print an errno. One error may have several numbers,
 * because Linux and macOS differ.
 */
export function unixNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    number < 100 ? `[errno ${number}]` : `errno ${number}`,
    `os error ${number}`,
    number < 100 ? `connect:errno=${number}` : `errno=${number}`,
    `errno = ${number}`,
  ]);
}

/**
 * Returns the texts in which programs print a Winsock number. They include texts that would be ambiguous for an errno,
 * because no errno is as high as a Winsock number.
 */
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

/** Returns the texts in which `openssl s_client` prints the result of verifying a certificate. */
export function verifyNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [`verify return code: ${number} `, `verify error:num=${number}:`]);
}

/**
 * Returns the texts in which Apple's URL loading system prints an error number. The numbers are passed without their
 * minus sign.
 */
export function urlNumbers(...numbers: readonly number[]): readonly string[] {
  return numbers.flatMap((number) => [
    `nsurlerrordomain code=-${number}`,
    `nsurlerrordomain error -${number}`,
    `cfnetwork code=-${number}`,
    `http load failed (error code: -${number}`,
  ]);
}

/**
 * Returns the texts in which Apple's Secure Transport prints an error number. The numbers are passed without their
 * minus sign.
 */
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
