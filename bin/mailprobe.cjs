#!/usr/bin/env node
'use strict';
/*
 * Starts mailprobe: in this Node.js where it is new enough, else in the one that `npm ci` has brought, else not, with
 * one plain sentence. In old syntax, so that an old Node.js gets as far as that sentence.
 */
const { existsSync } = require('fs');
const { join } = require('path');
const { spawn } = require('child_process');

const ROOT = join(__dirname, '..');
const NEEDED = [24, 15];
/** A checkout has the first, which is never out of date; a package has the second. */
const ENTRY = [join(ROOT, 'src', 'main.ts'), join(ROOT, 'dist', 'main.js')].find(existsSync);

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function runIn(node) {
  const child = spawn(node, [ENTRY].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; what is sent to this process alone is handed on.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 3));
}

const bundled = join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
if (isNewEnough()) {
  void import(require('url').pathToFileURL(ENTRY).href);
} else if (process.platform === 'linux' && existsSync(bundled)) {
  runIn(bundled);
} else {
  process.stderr.write(
    `mailprobe needs Node.js ${NEEDED.join('.')} or newer, and this is ${process.versions.node}. ` +
      'Install it from https://nodejs.org; on Linux, "npm ci" in a checkout brings its own.\n',
  );
  process.exit(3);
}
