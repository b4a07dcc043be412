import assert from 'node:assert/strict'
import test from 'node:test'
import { shieldRegion } from '../lib/shield.ts'
import { imagesWith } from './app.ts'

test('in the region of the bucket, or the nearest that has one', () => {
  assert.equal(shieldRegion(true, 'eu-central-1'), 'eu-central-1')
  assert.equal(shieldRegion(true, 'eu-west-3'), 'eu-west-2')
  assert.equal(shieldRegion(true, 'us-west-1'), 'us-west-2')
})

test('or where one says, or nowhere', () => {
  assert.equal(shieldRegion('eu-west-1', 'eu-west-3'), 'eu-west-1')
  assert.equal(shieldRegion(false, 'eu-west-3'), undefined)
  // A region that the table does not know may have one by now.
  assert.equal(shieldRegion('mx-central-1', 'mx-central-1'), 'mx-central-1')
})

test('what cannot be is refused with what to write', () => {
  assert.throws(() => shieldRegion('eu-west-3', 'eu-west-3'), /eu-west-3 has no Origin Shield; say eu-west-2/)
  assert.throws(() => shieldRegion('europe', 'eu-west-3'), /"europe" is no region; say one of us-east-1, /)
  const unknown = { bucketName: 'pictures', region: 'mx-central-1' }
  assert.throws(
    () => imagesWith({ originals: unknown }),
    /nearest to mx-central-1 is not in lib\/shield\.ts; say one of .*, or false/,
  )
  imagesWith({ originals: unknown, originShield: false })
})
