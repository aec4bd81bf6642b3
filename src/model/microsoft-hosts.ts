/** Is a host Microsoft's own? Asked of hosts that a configuration, a failure or a pasted text names. */
const MICROSOFT =
  /(?:^|\.)(?:office365\.(?:com|us)|outlook\.(?:com|cn|office\.com)|office\.com|apps\.mil|microsoftonline\.(?:com|us|cn)|chinacloudapi\.cn)$/i;

export function isMicrosofts(host: string): boolean {
  return MICROSOFT.test(host);
}
