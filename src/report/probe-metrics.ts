/**
 * One look in the words of blackbox_exporter, for `/probe`: its names where it has one, so that its dashboards and
 * alerts fit. What was not reached is absent.
 */
import { isSuccess, type Evidence, stageOf } from '../model/evidence.ts';

/** What the scraper's time did not suffice to see the end of. */
export interface Unended {
  readonly seconds: number;
}

/** `result`: the last look, or how long one was waited for in vain, which counts as a failure, as in blackbox. */
export function probeMetrics(result: Evidence | Unended): string {
  if (!('stages' in result)) {
    return (
      gauge('probe_success', 'Displays whether or not the probe was a success', 0) +
      gauge('probe_duration_seconds', DURATION, result.seconds)
    );
  }
  const certificate = stageOf(result, 'tls')?.facts.certificate;
  const tls = stageOf(result, 'tls');
  const dns = stageOf(result, 'dns');
  const address = stageOf(result, 'connect')?.facts.address;
  const phases = result.stages.filter(({ outcome }) => outcome !== 'skipped');
  return [
    gauge('probe_success', 'Displays whether or not the probe was a success', isSuccess(result) ? 1 : 0),
    gauge('probe_duration_seconds', DURATION, result.seconds),
    gauge(
      'probe_timestamp_seconds',
      'When the look began, in seconds since the Unix epoch: a result may be as old as the interval',
      result.startedAt / 1000,
    ),
    dns === undefined || dns.outcome === 'skipped'
      ? ''
      : gauge(
          'probe_dns_lookup_time_seconds',
          'Returns the time taken for probe dns lookup in seconds',
          dns.seconds,
        ),
    header('probe_phase_duration_seconds', 'How long each phase of the look took'),
    ...phases.map(({ stage, seconds }) => `probe_phase_duration_seconds{phase="${stage}"} ${seconds}\n`),
    address === undefined
      ? ''
      : gauge(
          'probe_ip_protocol',
          'Specifies whether probe ip protocol is IP4 or IP6',
          address.includes(':') ? 6 : 4,
        ),
    certificate === undefined
      ? ''
      : gauge(
          'probe_ssl_earliest_cert_expiry',
          'Returns last SSL chain expiry in unixtime',
          certificate.notAfter / 1000,
        ),
    tls?.facts.protocol === undefined
      ? ''
      : header('probe_tls_version_info', 'Returns the TLS version used or NaN when unknown') +
        `probe_tls_version_info{version="${versionOf(tls.facts.protocol)}"} 1\n`,
  ].join('');
}

const DURATION = 'Returns how long the probe took to complete in seconds';

/** blackbox writes `TLS 1.3` where Node says `TLSv1.3`. */
function versionOf(protocol: string): string {
  return protocol.replace(/^TLSv/, 'TLS ').replace(/["\\\n]/g, '');
}

function header(name: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
}

function gauge(name: string, help: string, value: number): string {
  return `${header(name, help)}${name} ${value}\n`;
}
