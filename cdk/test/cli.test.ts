// The commands of the README that need no account, by the real CLI, without a network.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { CDK, PACKAGES, temporaryFolder } from './app.ts'

function cdk(...args: string[]) {
  const { AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, CDK_DEFAULT_ACCOUNT, CDK_VALIDATION, ...env } =
    process.env
  const out = temporaryFolder()
  const command = ['cdk', ...args, '-c', `packages=${PACKAGES}`, '--output', out]
  const offline = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', ...command], {
    cwd: CDK,
    encoding: 'utf8',
    env: { ...env, ...offline, CDK_DISABLE_VERSION_CHECK: '1' },
  })
  return { status, stdout, stderr, out }
}

test('cdk synth', () => {
  const { status, stderr, out } = cdk('synth', '--quiet')
  assert.equal(status, 0, stderr)
  assert.ok(existsSync(join(out, 'Ridge.template.json')))
})

test('cdk ls', () => {
  const { status, stdout, stderr } = cdk('ls')
  assert.equal(status, 0, stderr)
  assert.deepEqual(stdout.trim().split('\n'), ['Ridge'])
})

test('cdk ls of another deployment with a bucket that is there', () => {
  const { status, stdout, stderr } = cdk(
    'ls',
    '-c',
    'name=Shop',
    '-c',
    'bucketName=pictures',
    '-c',
    'bucketRegion=eu-central-1',
  )
  assert.equal(status, 0, stderr)
  assert.deepEqual(stdout.trim().split('\n'), ['Shop'])
})

test('a wrong setting is one line, and no success', () => {
  const { status, stderr } = cdk('synth', '--quiet', '-c', 'logDays=31')
  assert.notEqual(status, 0)
  const ours = stderr.split('\n').filter((line) => line.startsWith('ridge: '))
  assert.deepEqual(ours.length, 1)
  assert.match(ours[0] ?? '', /^ridge: logDays: "31" is not right; it takes one of 1, 3, 5, /)
  assert.doesNotMatch(stderr, /^\s+at /m)
})
