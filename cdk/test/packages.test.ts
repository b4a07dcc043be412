// Every fault of packages and configuration ends synth with an error that says what to do.
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

/** Returns a copy of the packages, one of them changed. */
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

test('unchanged packages are accepted, and so are copies', () => {
  imagesWith()
  imagesWith({ packages: changedZip(() => {}) })
})

test('a package is missing, incomplete, not a zip file, or too large', () => {
  refused(
    changed((file) => rmSync(file)),
    /origin-response\.zip is missing; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('index.js')),
    /origin-response\.zip does not contain index\.js; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('bootstrap')),
    /does not contain bootstrap; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('ridge.json')),
    /does not contain ridge\.json; run `make package`$/,
  )
  refused(
    changed((file) => writeFileSync(file, 'PK, or not')),
    /origin-response\.zip is not a zip file \(.+\); run `make package`$/,
  )
  const large = Buffer.alloc(QUOTAS['origin-response'].zipBytes + 1)
  refused(
    changed((file) => writeFileSync(file, large)),
    /must have fewer than 50000000 bytes for Lambda@Edge; got 50000001/,
  )
})

test('the package of purge contains its program, and is required if purge is on', () => {
  refused(
    changed((file) => rmSync(file), 'purge.zip'),
    /purge\.zip is missing; run `make package`$/,
  )
  refused(
    changedZip((zip) => zip.deleteFile('bootstrap'), 'purge.zip'),
    /purge\.zip does not contain bootstrap; run `make package`$/,
  )
  refused(
    changed((file) => writeFileSync(file, 'PK, or not'), 'purge.zip'),
    /purge\.zip is not a zip file/,
  )
  imagesWith({ packages: changed((file) => rmSync(file), 'purge.zip'), purge: false })
})

test('bootstrap could not be executed', () => {
  const unix = 3 << 8
  refused(bootstrap((0o100644 << 16) >>> 0, unix), /bootstrap in .* must have the mode 0755; got 0644/)
  refused(bootstrap((0o100777 << 16) >>> 0, unix), /must have the mode 0755; got 0777/)
  // Made on Windows, where the same bits have no meaning.
  refused(bootstrap((0o100755 << 16) >>> 0, 0), /must have the mode 0755; got none/)
  imagesWith({ packages: bootstrap((0o100755 << 16) >>> 0, unix) })
})

test('the package contains another configuration', () => {
  const baked = (text: string) => changedZip((zip) => zip.updateFile('ridge.json', Buffer.from(text)))
  const text = new AdmZip(join(PACKAGES, FILE)).readAsText('ridge.json')
  imagesWith({ packages: baked(JSON.stringify(JSON.parse(text))) })
  refused(
    baked(JSON.stringify({ ...JSON.parse(text), maxAge: 1 })),
    /is not .*\/ridge\.json; run `make package`, or pass the configuration of the packages with -c config=FILE/,
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

test('the packages contain keys if the configuration requires signatures', () => {
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
  refused(
    { config, packages: packages(BOTH) },
    /keys: signing is "all"; pass the file of signing keys that the packages contain/,
  )
  refused(
    { config, keys, packages: packages([]) },
    /does not contain ridge\.keys\.json; run `make package CONFIG=.* KEYS=.*`$/,
  )
  refused(
    { config, keys, packages: packages(['viewer-request.zip']) },
    /origin-response\.zip does not contain ridge\.keys\.json/,
  )
  refused({ config, keys: others, packages: packages(BOTH) }, /ridge\.keys\.json in .* is not .*other\.keys\.json/)
  refused({ config, keys: 'nowhere.json', packages: packages(BOTH) }, /keys: there is no file .*nowhere\.json/)
  writeFileSync(config, '{}')
  refused({ config, keys, packages: packages(BOTH, '{}') }, /keys: signing is "off"; leave .*signed\.keys\.json out/)
  refused({ config, packages: packages(BOTH, '{}') }, /contains ridge\.keys\.json, but signing is "off"/)
})
