/** The thread that `explain-thread.ts` starts: receives one pasted text a message, and answers with its diagnoses. */
import { parentPort } from 'node:worker_threads';
import { explain } from './explain.ts';

parentPort?.on('message', (text: string) => {
  parentPort?.postMessage(explain(text, Date.now()));
});
