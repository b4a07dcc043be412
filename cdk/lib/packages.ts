// The functions' packages, which `make package` makes: a zip each, at the edge with the keys of signatures where the
// configuration asks for them.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import AdmZip from 'adm-zip'
import { type Config, DEFAULT_CONFIG, parseJson } from './config.ts'
import { type EdgeEvent, QUOTAS } from './edge-rules.ts'

/** Whose package. */
export type PackageName = EdgeEvent | 'purge'

type Modes = Readonly<Record<string, number>>
const AT_THE_EDGE: Modes = { 'index.js': 0o644, bootstrap: 0o755, 'ridge.json': 0o644 }

/** What a package holds, and each file's mode. */
const FILES: Readonly<Record<PackageName, Modes>> = {
  'viewer-request': AT_THE_EDGE,
  'origin-response': AT_THE_EDGE,
  purge: { bootstrap: 0o755 },
}

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
export function packageFile(packages: Packages, name: PackageName): string {
  const { folder, config, configFile, keysFile } = packages
  const file = join(folder, `${name}.zip`)
  const settings = [configFile === DEFAULT_CONFIG ? '' : ` CONFIG=${configFile}`, keysFile ? ` KEYS=${keysFile}` : '']
  const again = `run \`make package${settings.join('')}\``
  if (!existsSync(file)) throw new Error(`packages: ${file} is missing; ${again}`)
  if (name !== 'purge') checkSize(file, QUOTAS[name].zipBytes)

  const zip = open(file, again)
  for (const [member, mode] of Object.entries(FILES[name])) {
    const entry = zip.getEntry(member)
    if (!entry) throw new Error(`packages: ${file} holds no ${member}; ${again}`)
    // APPNOTE 4.4.2 and 4.4.15: the upper half of the attributes is a Unix mode only where Unix made the entry.
    const isUnix = entry.header.made >>> 8 === UNIX
    const found = (entry.attr >>> 16) & 0o777
    if (mode === 0o755 && !(isUnix && found === mode)) {
      const shown = isUnix ? found.toString(8).padStart(4, '0') : 'none'
      throw new Error(`packages: ${member} in ${file} has the mode ${shown}, and runs only with 0755; ${again}`)
    }
  }
  if (!('ridge.json' in FILES[name])) return file
  const baked = parseJson(`ridge.json in ${file}`, zip.readAsText('ridge.json'))
  if (!isDeepStrictEqual(baked, config)) {
    const other = configFile === DEFAULT_CONFIG ? ', or say with -c config=FILE which one they were made of' : ''
    throw new Error(`packages: ridge.json in ${file} is not ${configFile}; ${again}${other}`)
  }
  checkKeys(packages, file, zip, again)
  return file
}

function checkSize(file: string, limit: number): void {
  const bytes = statSync(file).size
  if (bytes >= limit) throw new Error(`packages: ${file} has ${bytes} bytes, and Lambda@Edge takes fewer than ${limit}`)
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
