// Whose certificate it is does not matter here: the Service leads to the daemon or to nobody.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const url = process.env.READY_URL;
fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
  async (answer) => {
    console.log(`${url}: ${answer.status} ${await answer.text()}`);
    process.exitCode = answer.ok ? 0 : 1;
  },
  (error) => {
    console.error(`${url}: ${error.cause?.message ?? error.message}`);
    process.exitCode = 1;
  },
);
