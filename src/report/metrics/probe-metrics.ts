/**
 * The metrics of one probe for `/probe`. They have the names of blackbox_exporter where it has such a metric, so that
 * its dashboards and alerts work. A phase that the probe did not reach has no sample.
 */
import { type Evidence, isSuccess, stageOf } from '../../model/evidence.ts';
import { writeRecordedFamily } from './exposition.ts';

/** A probe that did not end within the timeout of the scraper. */
export interface Unended {
  readonly seconds: number;
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

/**
 * `result` is the probe. If the probe did not end in time, `result` says how long the scraper waited, and the probe
 * counts as failed, as in blackbox_exporter.
 */
export function probeMetrics(result: Evidence | Unended): string {
  return 'stages' in result
    ? outcome(isSuccess(result), result.seconds) + details(result)
    : outcome(false, result.seconds);
}

function outcome(success: boolean, seconds: number): string {
  return (
    gauge('probe_success', 'Displays whether or not the probe was a success', { value: success ? 1 : 0 }) +
    gauge('probe_duration_seconds', 'Returns how long the probe took to complete in seconds', {
      value: seconds,
    })
  );
}

function details(evidence: Evidence): string {
  const reached = evidence.stages.filter(({ outcome }) => outcome !== 'skipped');
  const tls = stageOf(evidence, 'tls')?.facts;
  const address = stageOf(evidence, 'connect')?.facts.address;
  return [
    gauge(
      'probe_timestamp_seconds',
      'When the probe began, in seconds since the Unix epoch: a result may be as old as the interval',
      { value: evidence.startedAt / 1000 },
    ),
    gauge('probe_dns_lookup_time_seconds', 'Returns the time taken for probe dns lookup in seconds', {
      value: stageOf({ stages: reached }, 'dns')?.seconds,
    }),
    gauge(
      'probe_phase_duration_seconds',
      'How long each phase of the probe took',
      ...reached.map(({ stage, seconds }) => ({ labels: { phase: stage }, value: seconds })),
    ),
    gauge('probe_ip_protocol', 'Specifies whether probe ip protocol is IP4 or IP6', {
      value: address === undefined ? undefined : address.includes(':') ? 6 : 4,
    }),
    gauge('probe_ssl_earliest_cert_expiry', 'Returns last SSL chain expiry in unixtime', {
      value: tls?.certificate && tls.certificate.notAfter / 1000,
    }),
    gauge('probe_tls_version_info', 'Returns the TLS version used or NaN when unknown', {
      // blackbox_exporter writes `TLS 1.3`, and Node writes `TLSv1.3`.
      labels: { version: tls?.protocol?.replace(/^TLSv/, 'TLS ') ?? '' },
      value: tls?.protocol === undefined ? undefined : 1,
    }),
  ].join('');
}

/** Omits samples without a value, and families without a sample. */
function gauge(name: string, help: string, ...samples: readonly Sample[]): string {
  const written = samples.flatMap(({ labels = {}, value }) =>
    value === undefined ? [] : [{ name, labels, value }],
  );
  return writeRecordedFamily({ name, help, type: 'gauge', labels: [], samples: written }, 'text');
}
