/**
 * `mailprobe serve` with longer deadlines than a short interval allows, and with shorter leases than any setting allows
 * if their length is given: a process of its own, for tests that kill it.
 */
import { once } from 'node:events';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { openStore } from '../../src/open-store.ts';
import { createLogger } from '../../src/report/log.ts';
import { files } from './files.ts';
import { createPatientLoader } from './patient.ts';

/** Heard from the beginning: the daemon answers before it has started as a whole. */
const stop = once(process, 'SIGTERM');
const [configFile = '', lease = ''] = process.argv.slice(2);
const leaseMs = Number(lease);
const leaseTimes =
  lease === '' ? {} : { leaseTimes: { leaseMs, renewMs: leaseMs / 12, marginMs: leaseMs / 10 } };

const env = process.env;
const loader = createPatientLoader({ configFile, env, files });
const loaded = await loader.load();
if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
const redactor = createRedactor();
const logger = createLogger({ level: 'info', redactor });
const edges = { configFile, env, files, loader, redactor, logger, ...leaseTimes };
const opened = await openStore(loaded.config, edges);
const daemon = await createDaemon(loaded.config, { ...edges, opened });
await stop;
await daemon.close();
