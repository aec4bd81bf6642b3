/**
 * The thread that `explain-thread.ts` starts: receives one pasted text per message and answers with its explanation.
 */
import { parentPort } from 'node:worker_threads';
import { explainText } from './explain.ts';

parentPort?.on('message', (text: string) => {
  parentPort?.postMessage(explainText(text, Date.now()));
});
