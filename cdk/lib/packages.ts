// The functions' packages from `make package`: one zip file each. At the edge they contain the signing keys if the
// configuration requires them.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import AdmZip from 'adm-zip'
import { type Config, DEFAULT_CONFIG, parseJson } from './config.ts'
import { type EdgeEvent, QUOTAS } from './edge-rules.ts'

/** The function that a package belongs to. */
export type PackageName = EdgeEvent | 'purge'

type Modes = Readonly<Record<string, number>>
const AT_THE_EDGE: Modes = { 'index.js': 0o644, bootstrap: 0o755, 'ridge.json': 0o644 }

/** The files of each package, with their modes. */
const FILES: Readonly<Record<PackageName, Modes>> = {
  'viewer-request': AT_THE_EDGE,
  'origin-response': AT_THE_EDGE,
  purge: { bootstrap: 0o755 },
}

/** The file with the signing keys, if there are any. */
const KEYS = 'ridge.keys.json'

const UNIX = 3

/** A folder with packages, and the configuration that they must contain. */
export interface Packages {
  readonly folder: string
  readonly config: Config
  readonly configFile: string
  /** The path of the keys that the packages must contain, if the configuration requires signatures. */
  readonly keysFile: string | undefined
}

/**
 * Returns the path of a function's package. Throws an error if it is missing, incomplete, too large, or contains
 * another configuration.
 */
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
    if (!entry) throw new Error(`packages: ${file} does not contain ${member}; ${again}`)
    // APPNOTE 4.4.2 and 4.4.15: the upper half of the attributes is a Unix mode only if the entry was made on Unix.
    const isUnix = entry.header.made >>> 8 === UNIX
    const found = (entry.attr >>> 16) & 0o777
    if (mode === 0o755 && !(isUnix && found === mode)) {
      const shown = isUnix ? found.toString(8).padStart(4, '0') : 'none'
      throw new Error(`packages: ${member} in ${file} must have the mode 0755; got ${shown}; ${again}`)
    }
  }
  if (!('ridge.json' in FILES[name])) return file
  const baked = parseJson(`ridge.json in ${file}`, zip.readAsText('ridge.json'))
  if (!isDeepStrictEqual(baked, config)) {
    const other = configFile === DEFAULT_CONFIG ? ', or pass the configuration of the packages with -c config=FILE' : ''
    throw new Error(`packages: ridge.json in ${file} is not ${configFile}; ${again}${other}`)
  }
  checkKeys(packages, file, zip, again)
  return file
}

function checkSize(file: string, limit: number): void {
  const bytes = statSync(file).size
  if (bytes >= limit)
    throw new Error(`packages: ${file} must have fewer than ${limit} bytes for Lambda@Edge; got ${bytes}`)
}

/** The packages contain keys if, and only if, the configuration requires signatures. No message contains a key. */
function checkKeys({ config, keysFile }: Packages, file: string, zip: AdmZip, again: string): void {
  const wants = (config.signing ?? 'off') !== 'off'
  if (wants && !keysFile) {
    throw new Error(
      `keys: signing is ${JSON.stringify(config.signing)}; pass the file of signing keys that the packages contain`,
    )
  }
  if (!wants && keysFile) throw new Error(`keys: signing is "off"; leave ${keysFile} out`)
  const baked = zip.getEntry(KEYS)
  if (!keysFile) {
    if (baked) throw new Error(`packages: ${file} contains ${KEYS}, but signing is "off"; ${again}`)
    return
  }
  if (!baked) throw new Error(`packages: ${file} does not contain ${KEYS}; ${again}`)
  if (!existsSync(keysFile)) throw new Error(`keys: there is no file ${keysFile}`)
  if (!readFileSync(keysFile).equals(baked.getData())) {
    throw new Error(`packages: ${KEYS} in ${file} is not ${keysFile}; ${again}`)
  }
}

function open(file: string, again: string): AdmZip {
  try {
    return new AdmZip(file)
  } catch (error) {
    throw new Error(`packages: ${file} is not a zip file (${(error as Error).message}); ${again}`)
  }
}
