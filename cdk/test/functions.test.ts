import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import AdmZip from 'adm-zip'
import { allowed, appWith, OWN, PACKAGES, templateWith, temporaryFolder, VARIANT_KEYS, VARIANTS } from './app.ts'

const FUNCTION = 'AWS::Lambda::Function'
const EVENTS = ['viewer-request', 'origin-response'] as const
const PACKAGE_NAMES = [...EVENTS, 'purge']

/** With nothing but what is at the edge. */
const resources = (type: string) => Object.values(templateWith({ purge: 'false' }).findResources(type))
const named = (event: string) =>
  resources(FUNCTION).find(({ Properties }) => Properties.Description === `Ridge: ${event}`)

test('both are what Lambda@Edge takes, and nothing else', () => {
  assert.equal(resources(FUNCTION).length, EVENTS.length)
  const sizes = { 'viewer-request': [128, 5], 'origin-response': [1769, 30] } as const
  for (const event of EVENTS) {
    const { Code, LoggingConfig, Role, ...properties } = named(event)?.Properties ?? {}
    const [MemorySize, Timeout] = sizes[event]
    assert.deepEqual(properties, {
      Architectures: ['x86_64'],
      Description: `Ridge: ${event}`,
      Handler: 'index.handler',
      MemorySize,
      Runtime: 'nodejs24.x',
      Timeout,
    })
    assert.ok(Code.S3Key && LoggingConfig.LogGroup && Role)
  }
})

test('a request that is only rewritten leaves nothing in the log', () => {
  const { LogGroup, ...config } = named('viewer-request')?.Properties.LoggingConfig ?? {}
  assert.deepEqual(config, { LogFormat: 'JSON', SystemLogLevel: 'WARN' })
  assert.ok(LogGroup.Ref)
})

test('CloudFront gets a numbered version, which is never deleted', () => {
  const versions = resources('AWS::Lambda::Version')
  assert.equal(versions.length, EVENTS.length)
  for (const { DeletionPolicy, UpdateReplacePolicy } of versions) {
    assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['Retain', 'Retain'])
  }
  templateWith().resourceCountIs('AWS::Lambda::Alias', 0)
})

/** CloudFront holds replicas for hours after the distribution is gone, and until then nothing can delete the functions. */
test('a rollback and `destroy` leave the functions behind, and an output says how to delete them', () => {
  for (const settings of Object.values(VARIANTS)) {
    const template = templateWith(settings)
    const found = Object.entries(template.findResources(FUNCTION)).filter(
      ([, { Properties }]) => Properties.Handler === 'index.handler' && /^Ridge/.test(Properties.Description),
    )
    assert.equal(found.length, EVENTS.length)
    for (const [name, { DeletionPolicy, UpdateReplacePolicy }] of found) {
      assert.deepEqual([DeletionPolicy, UpdateReplacePolicy], ['Retain', 'Retain'], name)
    }
    const [, parts] = template.findOutputs('CleanUp').CleanUp?.Value['Fn::Join'] ?? []
    const command = parts.map((part: string | { Ref: string }) => (typeof part === 'string' ? part : part.Ref)).join('')
    const { stdout, stderr } = spawnSync('sh', ['-c', `aws() { echo "$@"; }\n${command}`], { encoding: 'utf8' })
    assert.equal(stderr, '')
    const deleted = found.map(([name]) => `lambda delete-function --region us-east-1 --function-name ${name}`)
    assert.deepEqual(stdout.trimEnd().split('\n').sort(), deleted.sort())
  }
})

test('both Lambda and its edge may take the role', () => {
  const roles = resources('AWS::IAM::Role')
  assert.equal(roles.length, EVENTS.length)
  for (const { Properties } of roles) {
    assert.deepEqual(Properties.AssumeRolePolicyDocument.Statement, [
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: ['edgelambda.amazonaws.com', 'lambda.amazonaws.com'] },
      },
    ])
    assert.equal(Properties.ManagedPolicyArns, undefined)
  }
})

const log = (event: string) => ({
  Sid: 'Log',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: [':*', ''].map((end) => `arn:aws:logs:*:123456789012:log-group:<Images${event}LogGroup>${end}`),
})

test('viewer-request may log and nothing else', () => {
  assert.deepEqual(allowed(templateWith(), 'ImagesViewerRequestRole'), [log('ViewerRequest')])
})

test('origin-response may read the bucket, and write tagged variants alone', () => {
  const variants = VARIANT_KEYS.map((keys) => `<OriginalsBucket.Arn>/${keys}`)
  assert.deepEqual(allowed(templateWith(), 'ImagesOriginResponseRole'), [
    log('OriginResponse'),
    { Sid: 'ReadObjects', Action: ['s3:GetObject'], Resource: ['<OriginalsBucket.Arn>/*'], Condition: OWN },
    { Sid: 'TellMissing', Action: ['s3:ListBucket'], Resource: ['<OriginalsBucket.Arn>'], Condition: OWN },
    {
      Sid: 'WriteVariants',
      Action: ['s3:PutObject', 's3:PutObjectTagging'],
      Resource: variants,
      Condition: { StringEquals: { ...OWN.StringEquals, 's3:RequestObjectTag/ridge': 'variant' } },
    },
    { Sid: 'RemoveVariants', Action: ['s3:DeleteObject'], Resource: variants, Condition: OWN },
  ])
})

test('the assets are the packages, byte for byte, and bootstrap in them can run', () => {
  const { app } = appWith()
  const { directory } = app.synth()
  const functions = Object.values(templateWith().findResources(FUNCTION))
  for (const name of PACKAGE_NAMES) {
    const key = functions.find(({ Properties }) => Properties.Description === `Ridge: ${name}`)?.Properties.Code.S3Key
    const asset = join(directory, `asset.${key}`)
    assert.ok(readFileSync(asset).equals(readFileSync(join(PACKAGES, `${name}.zip`))), name)
    const modes = new AdmZip(asset).getEntries().map(({ entryName, attr }) => [entryName, (attr >>> 16) & 0o777])
    assert.equal(Object.fromEntries(modes).bootstrap, 0o755)
  }
})

test('another package is another version, of its function alone', () => {
  const versions = (packages: string) => Object.keys(templateWith({ packages }).findResources('AWS::Lambda::Version'))
  const folder = temporaryFolder()
  for (const name of PACKAGE_NAMES) copyFileSync(join(PACKAGES, `${name}.zip`), join(folder, `${name}.zip`))
  assert.deepEqual(versions(folder), versions(PACKAGES))
  const zip = new AdmZip(join(folder, 'origin-response.zip'))
  zip.updateFile('index.js', Buffer.from('// another'))
  zip.writeZip()
  const changed = versions(folder).filter((id) => !versions(PACKAGES).includes(id))
  assert.deepEqual(
    changed.map((id) => id.replace(/[0-9A-F]{8}[0-9a-f]+$/, '')),
    ['ImagesOriginResponseCurrentVersion'],
  )
})
