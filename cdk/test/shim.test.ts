// The packages' index.js with an `execve` that throws: Node's main branch does that, while released versions end the
// process.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { temporaryFolder } from './app.ts'

const SHIM = join(import.meta.dirname, '../shim/index.js')

test('the program runs beside Node where execve throws', () => {
  const folder = temporaryFolder()
  copyFileSync(SHIM, join(folder, 'index.js'))
  // Any program for x86-64: it prints a line and exits.
  copyFileSync('/bin/echo', join(folder, 'bootstrap'))
  chmodSync(join(folder, 'bootstrap'), 0o755)
  const script = "process.execve = () => { throw new Error('not permitted') }; require('./index.js')"
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })
  assert.deepEqual([status, stdout], [0, '\n'], stderr)
  assert.match(stderr, /execve failed, so the program runs beside Node.js: not permitted/)
})
