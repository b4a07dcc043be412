import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { Template } from 'aws-cdk-lib/assertions'
import type { PurgeMode } from '../lib/purge.ts'
import { allowed, imagesWith, OWN, REPOSITORY, templateWith, VARIANTS } from './app.ts'

function only(template: Template, type: string, id = '') {
  const found = Object.entries(template.findResources(type)).filter(([name]) => name.startsWith(id))
  assert.equal(found.length, 1, `${found.length} of ${type}`)
  const [[name, { Properties }] = ['', { Properties: {} }]] = found
  return { name, ...Properties }
}

const FUNCTION = ['AWS::Lambda::Function', 'ImagesPurgeFunction'] as const
const QUEUE = ['AWS::SQS::Queue', 'ImagesPurgeQueue'] as const
const DEAD_LETTERS = ['AWS::SQS::Queue', 'ImagesPurgeDeadLetters'] as const
const arn = ({ name }: { name: string }) => ({ 'Fn::GetAtt': [name, 'Arn'] })

test('purge is a plain function that knows its distribution', () => {
  const template = templateWith()
  const { name, Code, LoggingConfig, Role, ...properties } = only(template, ...FUNCTION)
  assert.deepEqual(properties, {
    Architectures: ['x86_64'],
    Description: 'Ridge: purge',
    Environment: {
      Variables: {
        RIDGE_DISTRIBUTION_ID: { Ref: only(template, 'AWS::CloudFront::Distribution').name },
        RIDGE_PURGE_BY: 'tags',
      },
    },
    Handler: 'bootstrap',
    MemorySize: 128,
    Runtime: 'provided.al2023',
    Timeout: 30,
  })
  assert.equal(LoggingConfig.LogGroup.Ref, only(template, 'AWS::Logs::LogGroup', 'ImagesPurgeLog').name)
  assert.ok(Code.S3Key && Role)
})

test('its settings are those that it reads', () => {
  const { Environment } = only(templateWith(), ...FUNCTION)
  const settings = readFileSync(join(REPOSITORY, 'purge/src/settings.rs'), 'utf8')
  for (const name of Object.keys(Environment.Variables)) assert.ok(settings.includes(`: &str = "${name}"`), name)
  const names = readFileSync(join(REPOSITORY, 'purge/src/distribution.rs'), 'utf8')
  for (const mode of [true, 'paths']) {
    const { RIDGE_PURGE_BY: by } = only(templateWith({ purge: mode }), ...FUNCTION).Environment.Variables
    assert.ok(names.includes(`("${by}", By::`), by)
  }
})

test('by paths where one says so; CloudFront keeps the tags all the same', () => {
  const template = templateWith({ purge: 'paths' })
  assert.equal(only(template, ...FUNCTION).Environment.Variables.RIDGE_PURGE_BY, 'paths')
  const { DistributionConfig } = only(template, 'AWS::CloudFront::Distribution')
  assert.deepEqual(DistributionConfig.CacheTagConfig, { HeaderName: 'Cache-Tag' })
})

test('it may log, invalidate this distribution alone, look what was in its bucket, and take from its queue', () => {
  for (const [settings, bucket] of [
    [{}, '<OriginalsBucket.Arn>'],
    [VARIANTS['a bucket in another region'], 'arn:aws:s3:::ridgeoriginalseoriginalsbucket547f1245d4586b7f389e'],
    [VARIANTS['a bucket that is there'], 'arn:aws:s3:::pictures'],
  ] as const) {
    const template = templateWith(settings)
    assert.deepEqual(allowed(template, 'ImagesPurgeRole'), [
      { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: ['<ImagesPurgeLogGroup.Arn>'] },
      {
        Action: ['cloudfront:CreateInvalidation'],
        Resource: ['arn:aws:cloudfront::123456789012:distribution/<ImagesDistribution>'],
      },
      { Sid: 'TellNew', Action: ['s3:ListBucketVersions'], Resource: [bucket], Condition: OWN },
      {
        Action: [
          'sqs:ChangeMessageVisibility',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'sqs:GetQueueUrl',
          'sqs:ReceiveMessage',
        ],
        Resource: ['<ImagesPurgeQueue.Arn>'],
      },
    ])
    const { AssumeRolePolicyDocument, ManagedPolicyArns } = only(template, 'AWS::IAM::Role', 'ImagesPurgeRole')
    assert.equal(ManagedPolicyArns, undefined)
    const principals = AssumeRolePolicyDocument.Statement.map(({ Principal }: { Principal: unknown }) => Principal)
    assert.deepEqual(principals, [{ Service: 'lambda.amazonaws.com' }])
  }
})

test('the queue tries for half an hour, and what was in vain is kept for two weeks', () => {
  const template = templateWith()
  const deadLetters = only(template, ...DEAD_LETTERS)
  const { name, ...queue } = only(template, ...QUEUE)
  assert.deepEqual(queue, {
    RedrivePolicy: { deadLetterTargetArn: arn(deadLetters), maxReceiveCount: 10 },
    SqsManagedSseEnabled: true,
    VisibilityTimeout: 180,
  })
  assert.ok(queue.VisibilityTimeout >= 6 * only(template, ...FUNCTION).Timeout, "Lambda's advice")
  const { name: _, ...kept } = deadLetters
  assert.deepEqual(kept, { MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true })
})

test('into the queues comes what the rule sends, by TLS', () => {
  const template = templateWith()
  const rule = only(template, 'AWS::Events::Rule')
  const [queue, deadLetters] = [only(template, ...QUEUE), only(template, ...DEAD_LETTERS)]
  assert.deepEqual(
    rule.Targets.map(({ Id, ...target }: { Id: string }) => target),
    [{ Arn: arn(queue), DeadLetterConfig: { Arn: arn(deadLetters) } }],
  )
  assert.equal(rule.EventBusName, undefined)
  for (const { name } of [queue, deadLetters]) {
    const { Queues, PolicyDocument } = only(template, 'AWS::SQS::QueuePolicy', name.replace(/[0-9A-F]{8}$/, 'Policy'))
    assert.deepEqual(Queues, [{ Ref: name }])
    const [denied, allowedToo, ...more] = PolicyDocument.Statement
    assert.deepEqual(more, [])
    assert.deepEqual(
      [denied.Effect, denied.Action, denied.Principal, denied.Condition],
      ['Deny', 'sqs:*', { AWS: '*' }, { Bool: { 'aws:SecureTransport': 'false' } }],
    )
    assert.deepEqual(
      [allowedToo.Effect, allowedToo.Principal, allowedToo.Condition],
      ['Allow', { Service: 'events.amazonaws.com' }, { ArnEquals: { 'aws:SourceArn': arn(rule) } }],
    )
    assert.ok([allowedToo.Action].flat().includes('sqs:SendMessage'))
  }
})

test('changes that come together are one call', () => {
  const template = templateWith()
  const { name, ...mapping } = only(template, 'AWS::Lambda::EventSourceMapping')
  assert.deepEqual(mapping, {
    BatchSize: 100,
    EventSourceArn: arn(only(template, ...QUEUE)),
    FunctionName: { Ref: only(template, ...FUNCTION).name },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumBatchingWindowInSeconds: 1,
    ScalingConfig: { MaximumConcurrency: 2 },
  })
})

test('it is made where the distribution is, for buckets everywhere, or not at all', () => {
  for (const settings of Object.values(VARIANTS)) {
    const on = settings.purge !== false
    const template = templateWith(settings)
    template.resourceCountIs('AWS::SQS::Queue', on ? 2 : 0)
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', on ? 1 : 0)
  }
  assert.equal(imagesWith({ purge: false }).images.purge, undefined)
})

test('another word is refused with what it takes', () => {
  for (const purge of ['tags', 'false', null, 1]) {
    assert.throws(() => imagesWith({ purge: purge as PurgeMode }), {
      message: `purge: ${JSON.stringify(purge)} is not right; it takes true, false or 'paths'`,
    })
  }
})
