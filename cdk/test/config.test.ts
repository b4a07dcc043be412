import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { DEFAULT_CONFIG, readConfig } from '../lib/config.ts'
import { imagesWith, temporaryFolder } from './app.ts'

const FILE = join(temporaryFolder(), 'ridge.json')

function read(text: string): unknown {
  writeFileSync(FILE, text)
  return readConfig(FILE)
}

test('valid configurations are read', () => {
  assert.deepEqual(readConfig(DEFAULT_CONFIG), read('{}') && readConfig(DEFAULT_CONFIG))
  assert.deepEqual(read('{"$schema": "./ridge.schema.json", "quality": {"webp": 1}}'), {
    $schema: './ridge.schema.json',
    quality: { webp: 1 },
  })
  assert.deepEqual(read('{"formats": ["avif", "webp"], "maxWidth": 16383}'), {
    formats: ['avif', 'webp'],
    maxWidth: 16383,
  })
})

const OPTIONS = 'options.blurr: unknown field; known are anim, bg, blur, dpr, f, fit, flip, g, gray, q, rot, sharpen, v'

/** The same files and, except for the line number, the same texts as in the tests of the Rust type. */
const WRONG = [
  ['{"maxWidth": 0}', 'maxWidth: 0 is not a whole number from 1 to 16383'],
  ['{"maxWidth": 16384}', 'maxWidth: 16384 is not a whole number from 1 to 16383'],
  ['{"maxWidth": "4096"}', 'maxWidth: "4096" is not a whole number from 1 to 16383'],
  ['{"maxHeight": 1.5}', 'maxHeight: 1.5 is not a whole number from 1 to 16383'],
  ['{"maxHeight": -1.5}', 'maxHeight: -1.5 is not a whole number from 1 to 16383'],
  ['{"maxAge": -1}', 'maxAge: -1 is not a whole number from 0 to 31536000'],
  ['{"quality": {"webp": 101}}', 'quality.webp: 101 is not a whole number from 1 to 100'],
  ['{"quality": {"png": 80}}', 'quality.png: unknown field; known are avif, jpeg, webp'],
  ['{"quality": 80}', 'quality: 80 is not of the type object'],
  ['{"effort": {"webp": 7}}', 'effort.webp: 7 is not a whole number from 0 to 6'],
  ['{"formats": ["jpeg"]}', 'formats.0: "jpeg" is not one of webp, avif'],
  ['{"formats": ["webp", "webp"]}', 'formats: "webp" is listed twice'],
  ['{"formats": "webp"}', 'formats: "webp" is not of the type array'],
  ['{"widths": [0]}', 'widths.0: 0 is not a whole number from 1 to 16383'],
  ['{"widths": "all"}', 'widths: "all" does not match ^any$'],
  ['{"widths": 9}', 'widths: 9 is not of the type array or string'],
  ['{"heights": [9, 9]}', 'heights: 9 is listed twice'],
  ['{"options": {"blurr": []}}', OPTIONS],
  ['{"options": {"rot": ["45"]}}', 'options.rot.0: "45" is not one of 90, 180, 270'],
  ['{"options": {"q": [60]}}', 'options.q.0: 60 is not of the type string'],
  ['{"presets": {"a": 1}}', 'presets.a: 1 is not of the type string'],
  ['{"signing": "some"}', 'signing: "some" is not one of off, outside, all'],
  ['{"auto": "yes"}', 'auto: "yes" is not of the type boolean'],
  ['[]', 'the file: [] is not of the type object'],
] as const

for (const [text, message] of WRONG) {
  test(`${text} is refused`, () => {
    assert.throws(() => read(text), { message: `${FILE}: ${message}` })
  })
}

test('all errors are reported at once', () => {
  assert.throws(
    () => read('{"maxWidht": 1, "maxAge": -1}'),
    (error: Error) => {
      assert.match(
        error.message,
        /^.*ridge\.json: maxWidht: unknown field; known are .*maxWidth.*\n.*: maxAge: -1 is not/,
      )
      return true
    },
  )
})

test('invalid JSON and missing files are reported', () => {
  assert.throws(() => read('{} x'), /ridge\.json: not JSON: /)
  assert.throws(() => readConfig('nowhere.json'), /config: nowhere\.json cannot be read: ENOENT/)
})

test('the construct reads the configuration', () => {
  writeFileSync(FILE, '{"maxWidth": 0}')
  assert.throws(() => imagesWith({ config: FILE }), /maxWidth: 0 is not a whole number from 1 to 16383$/)
})
