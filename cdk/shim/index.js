'use strict'

// Lambda@Edge runs Node.js and Python only. So this is a Node.js function that, while it is being loaded (Lambda's INIT
// phase), gives its place to the program beside it, which then speaks to the Lambda Runtime API itself. What is thrown
// here ends in the log as the function's initialisation error.

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const program = path.join(__dirname, 'bootstrap')

/** What the ELF header of a program for x86-64 says, after "System V ABI" (its sections `e_ident` and `e_machine`). */
const ELF_MAGIC = '\x7fELF'
const X86_64 = 62

/** An error that Lambda's log and metrics show under a type of its own. */
function wrong(message) {
  return Object.assign(new Error(message), { name: 'Runtime.InvalidPackage' })
}

/**
 * `execve` ends the process when it fails, in the versions of Node.js that do not throw: so what a wrong package fails on
 * is looked at before.
 */
function check() {
  try {
    fs.accessSync(program, fs.constants.X_OK)
  } catch (cause) {
    throw wrong(`the program cannot be run: ${cause.message}`)
  }
  const header = Buffer.alloc(20)
  const file = fs.openSync(program)
  fs.readSync(file, header)
  fs.closeSync(file)
  if (header.toString('latin1', 0, 4) !== ELF_MAGIC || header.readUInt16LE(18) !== X86_64) {
    throw wrong(`the program is not one for Linux on x86-64: ${program}`)
  }
}

/** Node stays behind, blocked: 50 MB more than with `execve`, and the same otherwise. */
function runBeside() {
  const { error, status, signal } = spawnSync(program, { stdio: 'inherit' })
  if (error) {
    throw error
  }
  if (signal) {
    process.kill(process.pid, signal)
  }
  process.exit(status ?? 1)
}

check()
// Node calls `execve` experimental, and Lambda's SLA leaves out what uses experimental features: a package that holds a
// file named `spawn` does without.
if (process.execve && !fs.existsSync(path.join(__dirname, 'spawn'))) {
  try {
    process.execve(program, [program], process.env)
  } catch (error) {
    console.error(`execve failed, so the program runs beside Node.js: ${error.message}`)
  }
}
runBeside()
