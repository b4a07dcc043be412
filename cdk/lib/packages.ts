// The functions' packages, which `make package` makes: a zip each with index.js, bootstrap, ridge.json, and the keys of
// signatures where that asks for them.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import AdmZip from 'adm-zip'
import { type Config, DEFAULT_CONFIG, parseJson } from './config.ts'
import { type EdgeEvent, QUOTAS } from './edge-rules.ts'

/** What a package holds, and each file's mode. */
const FILES: Readonly<Record<string, number>> = { 'index.js': 0o644, bootstrap: 0o755, 'ridge.json': 0o644 }

/** The keys of signatures, where there are some. */
const KEYS = 'ridge.keys.json'

const UNIX = 3

/** A folder with packages, and the configuration that must be in them. */
export interface Packages {
  readonly folder: string
  readonly config: Config
  readonly configFile: string
  /** The path of the keys that must be in them, where the configuration asks for signatures. */
  readonly keysFile: string | undefined
}

/** The path of a function's package. Throws where it is missing, incomplete, too large, or holds another configuration. */
export function packageFile(packages: Packages, event: EdgeEvent): string {
  const { folder, config, configFile, keysFile } = packages
  const file = join(folder, `${event}.zip`)
  const settings = [configFile === DEFAULT_CONFIG ? '' : ` CONFIG=${configFile}`, keysFile ? ` KEYS=${keysFile}` : '']
  const again = `run \`make package${settings.join('')}\``
  if (!existsSync(file)) throw new Error(`packages: ${file} is missing; ${again}`)
  const bytes = statSync(file).size
  const limit = QUOTAS[event].zipBytes
  if (bytes >= limit) throw new Error(`packages: ${file} has ${bytes} bytes, and Lambda@Edge takes fewer than ${limit}`)

  const zip = open(file, again)
  for (const [name, mode] of Object.entries(FILES)) {
    const entry = zip.getEntry(name)
    if (!entry) throw new Error(`packages: ${file} holds no ${name}; ${again}`)
    // APPNOTE 4.4.2 and 4.4.15: the upper half of the attributes is a Unix mode only where Unix made the entry.
    const isUnix = entry.header.made >>> 8 === UNIX
    const found = (entry.attr >>> 16) & 0o777
    if (mode === 0o755 && !(isUnix && found === mode)) {
      const shown = isUnix ? found.toString(8).padStart(4, '0') : 'none'
      throw new Error(`packages: ${name} in ${file} has the mode ${shown}, and runs only with 0755; ${again}`)
    }
  }
  const baked = parseJson(`ridge.json in ${file}`, zip.readAsText('ridge.json'))
  if (!isDeepStrictEqual(baked, config)) {
    throw new Error(`packages: ridge.json in ${file} is not ${configFile}; ${again}`)
  }
  checkKeys(packages, file, zip, again)
  return file
}

/** Keys are in the package where, and only where, the configuration asks for signatures. No message has them in it. */
function checkKeys({ config, keysFile }: Packages, file: string, zip: AdmZip, again: string): void {
  const wants = (config.signing ?? 'off') !== 'off'
  if (wants && !keysFile) {
    throw new Error(`keys: signing is ${JSON.stringify(config.signing)}; say which file of keys is in the packages`)
  }
  if (!wants && keysFile) throw new Error(`keys: signing is "off"; leave out ${keysFile}`)
  const baked = zip.getEntry(KEYS)
  if (!keysFile) {
    if (baked) throw new Error(`packages: ${file} holds ${KEYS}, and signing is "off"; ${again}`)
    return
  }
  if (!baked) throw new Error(`packages: ${file} holds no ${KEYS}; ${again}`)
  if (!existsSync(keysFile)) throw new Error(`keys: there is no file ${keysFile}`)
  if (!readFileSync(keysFile).equals(baked.getData())) {
    throw new Error(`packages: ${KEYS} in ${file} is not ${keysFile}; ${again}`)
  }
}

function open(file: string, again: string): AdmZip {
  try {
    return new AdmZip(file)
  } catch (error) {
    throw new Error(`packages: ${file} is no zip (${(error as Error).message}); ${again}`)
  }
}
