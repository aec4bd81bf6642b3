/**
 * Runs the daemon with short leases, for the short form of the run. Arguments: CONFIG LEASE RENEWAL MARGIN, the last
 * three in milliseconds.
 */
import { once } from 'node:events';
import { loadConfig } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon.ts';
import { systemFiles } from '../../src/files/system-files.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { openStore } from '../../src/open-store.ts';
import { createLogger } from '../../src/report/log.ts';

const [configFile = '', ...numbers] = process.argv.slice(2);
const [leaseMs = 0, renewMs = 0, marginMs = 0] = numbers.map(Number);
const surroundings = { env: process.env, files: systemFiles };
const loaded = await loadConfig(configFile, surroundings);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
const redactor = createRedactor();
const logger = createLogger({ level: loaded.config.logLevel, destination: process.stdout, redactor });
const edges = { ...surroundings, configFile, redactor, logger, leaseTimes: { leaseMs, renewMs, marginMs } };
const opened = await openStore(loaded.config, edges);
const daemon = await createDaemon(loaded.config, { ...edges, opened });
await once(process, 'SIGTERM');
await daemon.close();
process.exit();
