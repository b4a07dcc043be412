// The commands of the documents that need no account, run by the real CLI without a network.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { CDK, PACKAGES, REPOSITORY, temporaryFolder } from './app.ts'

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

/** The commands in the documents' code blocks. Those that call AWS are not run. */
const PAGES = readdirSync(join(REPOSITORY, 'docs')).filter((name) => name.endsWith('.md'))
const SHOWN = ['README.md', 'cdk/README.md', ...PAGES.map((name) => `docs/${name}`)]
  .flatMap((name) => [...readFileSync(join(REPOSITORY, name), 'utf8').matchAll(/^ {4}npx cdk (.+)$/gm)])
  .map(([, command = '']) => command)
const NEEDS_ACCOUNT = /^(bootstrap|deploy|destroy|diff|rollback)\b/

for (const command of new Set(SHOWN.filter((command) => !NEEDS_ACCOUNT.test(command)))) {
  test(`npx cdk ${command}`, () => {
    const { status, stdout, stderr, out } = cdk(...command.split(' '))
    assert.equal(status, 0, stderr)
    const [, name = 'Ridge'] = /name=(\w+)/.exec(command) ?? []
    if (command === 'ls') assert.equal(stdout.trim(), name)
    assert.ok(existsSync(join(out, `${name}.template.json`)))
  })
}

test('the documents show how to preview a deployment', () => {
  assert.ok(SHOWN.includes('ls') && SHOWN.includes('synth --quiet'))
})

test('the construct in cdk/README.md', () => {
  const [, code = ''] = /```ts\n(.+?)```/s.exec(readFileSync(join(CDK, 'README.md'), 'utf8')) ?? []
  assert.match(code, /new RidgeImages\(.*\{ originals/)
  const here = code.replace('{ originals', `{ packages: ${JSON.stringify(PACKAGES)}, originals`)
  const synth = `${here}\nconst { stacks } = stack.node.root.synth()\nconsole.log(stacks.map(({ stackName }) => stackName).join(' '))`
  const args = ['--import', 'tsx', '--input-type', 'module', '--eval', synth]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: CDK, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.equal(stdout.trim(), 'Pictures-events-eu-central-1 Pictures')
})

test('an invalid setting is one line of error, and a failure', () => {
  const { status, stderr } = cdk('synth', '--quiet', '-c', 'logDays=31')
  assert.notEqual(status, 0)
  const ours = stderr.split('\n').filter((line) => line.startsWith('ridge: '))
  assert.deepEqual(ours.length, 1)
  assert.match(ours[0] ?? '', /^ridge: logDays must be one of 1, 3, 5, .*; got "31"$/)
  assert.doesNotMatch(stderr, /^\s+at /m)
})
