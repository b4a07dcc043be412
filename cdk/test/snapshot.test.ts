// The whole default template, so that reviews show every change.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { CDK, templateWith } from './app.ts'

const FILE = join(CDK, 'test/snapshot.json')

test('the default template equals test/snapshot.json', () => {
  // Hashes of the packages are not part of the snapshot.
  const text = `${JSON.stringify(templateWith().toJSON(), null, 2)}\n`
    .replace(/(?<=CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}/g, '')
    .replace(/[0-9a-f]{64}(?=\.zip)/g, 'package')
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(FILE, text)
  else assert.equal(text, readFileSync(FILE, 'utf8'), 'run UPDATE_SNAPSHOT=1 npm test')
})
