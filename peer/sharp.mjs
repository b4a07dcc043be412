// sharp as a worker process, for comparisons with Ridge. A request names its work by Ridge's canonical path.
//
//   node sharp.mjs                     one JSON request a line on stdin, one JSON response a line on stdout:
//                                      {"source": FILE, "path": "/w_800/q_80/webp", "repeat": 7, "out": FILE or null}
//                                      {"cpuMicros": [...], "wallMicros": [...], "bytes", "width", "height", "frames"}
//                                      or {"error": TEXT}
//   node sharp.mjs --once SOURCE PATH  one image in a fresh process; the response also has peakKiB
//   node sharp.mjs --versions          the versions of the compared programs
//
// The measured time is from bytes in memory to bytes in memory, on one thread, without reading and writing files.

import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import sharp from 'sharp'
import { apply, input, parse } from './variant.mjs'

sharp.cache(false)
sharp.concurrency(1)

async function answer({ source, path, repeat = 1, out = null }) {
  const variant = parse(path)
  const bytes = await readFile(source)
  const cpuMicros = []
  const wallMicros = []
  let result
  for (let i = 0; i < repeat; i++) {
    const cpu = process.cpuUsage()
    const wall = process.hrtime.bigint()
    result = await apply(sharp(bytes, input(variant)), variant).toBuffer({ resolveWithObject: true })
    wallMicros.push(Number((process.hrtime.bigint() - wall) / 1000n))
    const { user, system } = process.cpuUsage(cpu)
    cpuMicros.push(user + system)
  }
  if (out) await writeFile(out, result.data)
  const { width, height, pageHeight = height, pages = 1 } = result.info
  return { cpuMicros, wallMicros, bytes: result.data.length, width, height: pageHeight, frames: pages }
}

/** Returns the maximum resident memory of this process. */
async function peakKiB() {
  const status = await readFile('/proc/self/status', 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1])
}

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)
const failed = (error) => ({ error: error instanceof Error ? error.message : String(error) })

const [mode, source, path] = process.argv.slice(2)
if (mode === '--versions') {
  print({ node: process.versions.node, ...sharp.versions })
} else if (mode === '--once') {
  print(await answer({ source, path }).then(async (told) => ({ ...told, peakKiB: await peakKiB() }), failed))
} else {
  for await (const line of createInterface({ input: process.stdin })) {
    print(await Promise.resolve(line).then(JSON.parse).then(answer).catch(failed))
  }
}
