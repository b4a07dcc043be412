// Every way in which packages and configuration can be wrong ends synth with an error that says what to do.
import assert from 'node:assert/strict'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import AdmZip from 'adm-zip'
import { DEFAULT_CONFIG } from '../lib/config.ts'
import { QUOTAS } from '../lib/edge-rules.ts'
import { imagesWith, PACKAGES, temporaryFolder } from './app.ts'

const FILE = 'origin-response.zip'

const BOTH = ['viewer-request.zip', FILE]

/** A copy of the packages, one of them changed. */
function changed(change: (file: string) => void, file = FILE): string {
  const folder = temporaryFolder()
  for (const name of ['viewer-request.zip', FILE, 'purge.zip']) copyFileSync(join(PACKAGES, name), join(folder, name))
  change(join(folder, file))
  return folder
}

function changedZip(change: (zip: AdmZip) => void, file = FILE): string {
  return changed((path) => {
    const zip = new AdmZip(path)
    change(zip)
    zip.writeZip()
  }, file)
}

function bootstrap(attributes: number, made: number): string {
  return changedZip((zip) => {
    const entry = zip.getEntry('bootstrap')
    assert.ok(entry)
    entry.header.made = made
    entry.attr = attributes
  })
}

const refused = (packages: string, message: RegExp) => assert.throws(() => imagesWith({ packages }), message)

test('packages as they were made are taken, and so is a copy', () => {
  imagesWith()
  imagesWith({ packages: changedZip(() => {}) })
})

test('a package is missing, incomplete, no zip, or too large', () => {
  refused(
    changed((file) => rmSync(file)),
    /origin-response\.zip is missing; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('index.js')),
    /origin-response\.zip holds no index\.js; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('bootstrap')),
    /holds no bootstrap; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('ridge.json')),
    /holds no ridge\.json; run `make package`$/,
  )
  refused(
    changed((file) => writeFileSync(file, 'PK, or not')),
    /origin-response\.zip is no zip \(.+\); run `make package`$/,
  )
  const large = Buffer.alloc(QUOTAS['origin-response'].zipBytes + 1)
  refused(
    changed((file) => writeFileSync(file, large)),
    /has 50000001 bytes, and Lambda@Edge takes fewer than 50000000/,
  )
})

test('the package of purge holds its program, and is needed where there is one', () => {
  refused(
    changed((file) => rmSync(file), 'purge.zip'),
    /purge\.zip is missing; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('bootstrap'), 'purge.zip'),
    /purge\.zip holds no bootstrap; run `make package`$/,
  )
  refused(
    changed((file) => writeFileSync(file, 'PK, or not'), 'purge.zip'),
    /purge\.zip is no zip/,
  )
  imagesWith({ packages: changed((file) => rmSync(file), 'purge.zip'), purge: false })
})

test('bootstrap could not be run', () => {
  const unix = 3 << 8
  refused(bootstrap((0o100644 << 16) >>> 0, unix), /bootstrap in .* has the mode 0644, and runs only with 0755/)
  refused(bootstrap((0o100777 << 16) >>> 0, unix), /has the mode 0777/)
  // Made under Windows: the same bits mean nothing.
  refused(bootstrap((0o100755 << 16) >>> 0, 0), /has the mode none, and runs only with 0755/)
  imagesWith({ packages: bootstrap((0o100755 << 16) >>> 0, unix) })
})

test('the package holds another configuration', () => {
  const baked = (text: string) => changedZip((zip) => zip.updateFile('ridge.json', Buffer.from(text)))
  const text = new AdmZip(join(PACKAGES, FILE)).readAsText('ridge.json')
  imagesWith({ packages: baked(JSON.stringify(JSON.parse(text))) })
  refused(
    baked(JSON.stringify({ ...JSON.parse(text), maxAge: 1 })),
    /is not .*\/ridge\.json; run `make package`, or say with -c config=FILE /,
  )
  refused(baked('{'), /ridge\.json in .*origin-response\.zip: not JSON: /)

  const config = join(temporaryFolder(), 'other.json')
  writeFileSync(config, '{"maxAge": 1}')
  assert.throws(
    () => imagesWith({ config }),
    /ridge\.json in .* is not .*other\.json; run `make package CONFIG=.*other\.json`$/,
  )
  imagesWith({ config: DEFAULT_CONFIG })
})

test('keys are in the packages where the configuration asks for signatures', () => {
  const folder = temporaryFolder()
  const config = join(folder, 'signed.json')
  const keys = join(folder, 'signed.keys.json')
  const others = join(folder, 'other.keys.json')
  writeFileSync(config, '{"signing": "all"}')
  writeFileSync(keys, '{"keys": [1]}')
  writeFileSync(others, '{"keys": [2]}')
  const packages = (baked: readonly string[], configuration = '{"signing": "all"}') => {
    const folder = temporaryFolder()
    copyFileSync(join(PACKAGES, 'purge.zip'), join(folder, 'purge.zip'))
    for (const name of BOTH) {
      const zip = new AdmZip(join(PACKAGES, name))
      zip.updateFile('ridge.json', Buffer.from(configuration))
      if (baked.includes(name)) zip.addFile('ridge.keys.json', Buffer.from('{"keys": [1]}'), '', 0o644)
      zip.writeZip(join(folder, name))
    }
    return folder
  }
  imagesWith({ config, keys, packages: packages(BOTH) })
  const refused = (props: object, message: RegExp) => assert.throws(() => imagesWith(props), message)
  refused({ config, packages: packages(BOTH) }, /keys: signing is "all"; say which file of keys is in the packages/)
  refused({ config, keys, packages: packages([]) }, /holds no ridge\.keys\.json; run `make package CONFIG=.* KEYS=.*`$/)
  refused(
    { config, keys, packages: packages(['viewer-request.zip']) },
    /origin-response\.zip holds no ridge\.keys\.json/,
  )
  refused({ config, keys: others, packages: packages(BOTH) }, /ridge\.keys\.json in .* is not .*other\.keys\.json/)
  refused({ config, keys: 'nowhere.json', packages: packages(BOTH) }, /keys: there is no file .*nowhere\.json/)
  writeFileSync(config, '{}')
  refused({ config, keys, packages: packages(BOTH, '{}') }, /keys: signing is "off"; leave out .*signed\.keys\.json/)
  refused({ config, packages: packages(BOTH, '{}') }, /holds ridge\.keys\.json, and signing is "off"/)
})
