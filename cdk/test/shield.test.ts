import assert from 'node:assert/strict'
import test from 'node:test'
import { shieldRegion } from '../lib/shield.ts'
import { imagesWith } from './app.ts'

test('the default is the region of the bucket, or the nearest one with Origin Shield', () => {
  assert.equal(shieldRegion(true, 'eu-central-1'), 'eu-central-1')
  assert.equal(shieldRegion(true, 'eu-west-3'), 'eu-west-2')
  assert.equal(shieldRegion(true, 'us-west-1'), 'us-west-2')
})

test('a region can be set, or no Origin Shield', () => {
  assert.equal(shieldRegion('eu-west-1', 'eu-west-3'), 'eu-west-1')
  assert.equal(shieldRegion(false, 'eu-west-3'), undefined)
  // A region that is missing in the table may have Origin Shield by now.
  assert.equal(shieldRegion('mx-central-1', 'mx-central-1'), 'mx-central-1')
})

test('invalid regions are refused with the accepted values', () => {
  assert.throws(
    () => shieldRegion('eu-west-3', 'eu-west-3'),
    /eu-west-3 has no Origin Shield; the nearest region with one is eu-west-2/,
  )
  assert.throws(() => shieldRegion('europe', 'eu-west-3'), /"europe" is not a region; set one of us-east-1, /)
  const unknown = { bucketName: 'pictures', region: 'mx-central-1' }
  assert.throws(
    () => imagesWith({ originals: unknown }),
    /lib\/shield\.ts has no region with Origin Shield for mx-central-1; set one of .*, or false/,
  )
  imagesWith({ originals: unknown, originShield: false })
})
