/** The thread that `explain-thread.ts` starts: reads pasted texts, one message each, and answers their diagnoses. */
import { parentPort } from 'node:worker_threads';
import { explain } from './explain.ts';

parentPort?.on('message', (text: string) => {
  parentPort?.postMessage(explain(text, Date.now()));
});
