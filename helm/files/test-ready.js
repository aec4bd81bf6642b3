// Whose certificate it is does not matter here: the Service leads to the daemon or to nobody.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const url = process.env.READY_URL;

async function ask() {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return { ready: answer.ok, said: `${answer.status} ${await answer.text()}` };
  } catch (error) {
    return { ready: false, said: error.cause?.message ?? error.message };
  }
}

void ask().then(({ ready, said }) => {
  process.stdout.write(`${url}: ${said}\n`);
  process.exitCode = ready ? 0 : 1;
  return ready;
});
