// The TypeScript signer produces the test vectors. The signers in other languages are tested against the same file.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { type Key, signedPath, signUrl } from '../../signers/sign.ts'
import { REPOSITORY } from './app.ts'

interface Vectors {
  readonly keys: Key[]
  readonly vectors: { url: string; exp: number; key: string; path: string; signed: string }[]
}

const FILE = join(REPOSITORY, 'signers/vectors.json')
const { keys, vectors } = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors

for (const { url, exp, key: id, path, signed } of vectors) {
  test(`${url} is signed`, () => {
    const key = keys.find((key) => key.id === id)
    assert.ok(key)
    assert.equal(signedPath(url), path)
    assert.equal(signUrl(url, exp, key), signed)
  })
}

test('presets and aliases are refused', () => {
  for (const query of ['p=thumb', 'w=9&dpr=2', 'd=9x9', 's=9x9', 'w=9&h=9&t=crop']) {
    assert.throws(() => signedPath(`/c.jpg?${query}`), /write w, h and the other parameters out/)
  }
  assert.throws(() => signedPath('c.jpg?w=9'), /neither a URL nor a path/)
})
