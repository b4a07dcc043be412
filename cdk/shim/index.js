'use strict'

// Lambda@Edge runs only Node.js and Python. So this is a Node.js function that replaces its process with the Rust
// program while it is loaded (Lambda's INIT phase). The program then uses the Lambda Runtime API itself. The log shows
// exceptions here as the function's initialisation error.

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const program = path.join(__dirname, 'bootstrap')

/** Fields of the ELF header of an x86-64 program (`e_ident` and `e_machine` in the "System V ABI"). */
const ELF_MAGIC = '\x7fELF'
const X86_64 = 62

/** Returns an error that Lambda's log and metrics show with a type of its own. */
function wrong(message) {
  return Object.assign(new Error(message), { name: 'Runtime.InvalidPackage' })
}

/**
 * Where `execve` does not throw, in some versions of Node.js, a failure ends the process. So the usual faults of a
 * package are checked before.
 */
function check() {
  try {
    fs.accessSync(program, fs.constants.X_OK)
  } catch (cause) {
    throw wrong(`the program cannot be executed: ${cause.message}`)
  }
  const header = Buffer.alloc(20)
  const file = fs.openSync(program)
  fs.readSync(file, header)
  fs.closeSync(file)
  if (header.toString('latin1', 0, 4) !== ELF_MAGIC || header.readUInt16LE(18) !== X86_64) {
    throw wrong(`the program is not built for Linux on x86-64: ${program}`)
  }
}

/** Node remains, blocked: 50 MB more than with `execve`, and otherwise the same. */
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
// `execve` is experimental in Node.js, and Lambda's SLA excludes functions that use experimental features. A package
// with a file named `spawn` does not use it.
if (process.execve && !fs.existsSync(path.join(__dirname, 'spawn'))) {
  try {
    process.execve(program, [program], process.env)
  } catch (error) {
    console.error(`execve failed, so the program runs beside Node.js: ${error.message}`)
  }
}
runBeside()
