// The default template as a whole, so that a change of it is seen in review.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { CDK, templateWith } from './app.ts'

const FILE = join(CDK, 'test/snapshot.json')

test('the default template is the one of test/snapshot.json', () => {
  // What follows from the packages' bytes is no matter of this stack.
  const text = `${JSON.stringify(templateWith().toJSON(), null, 2)}\n`
    .replace(/(?<=CurrentVersion)[0-9A-F]{8}[0-9a-f]{32}/g, '')
    .replace(/[0-9a-f]{64}(?=\.zip)/g, 'package')
  if (process.env.UPDATE_SNAPSHOT) writeFileSync(FILE, text)
  else assert.equal(text, readFileSync(FILE, 'utf8'), 'run UPDATE_SNAPSHOT=1 npm test')
})
