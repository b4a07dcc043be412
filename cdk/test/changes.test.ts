// Which of S3's events reach purge, and how, whatever region the bucket is in.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { type App, NestedStack, Stack } from 'aws-cdk-lib'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { switchOnCommand } from '../lib/changes.ts'
import { OriginalsBucket } from '../lib/originals.ts'
import { RidgeImages } from '../lib/ridge-images.ts'
import { ACCOUNT, allowed, appWith, CDK, imagesWith, newApp, PACKAGES, REPOSITORY, templateWith } from './app.ts'

const RULE = 'AWS::Events::Rule'
const ELSEWHERE = { bucketRegion: 'eu-west-3' }
const EXISTING = { bucketName: 'pictures', bucketRegion: 'eu-central-1' }

/** Returns the only rule of a template. */
function rule(template: Template) {
  const [found, ...more] = Object.values(template.findResources(RULE))
  assert.deepEqual(more, [])
  return found?.Properties
}

/** Runs moto's imitation of AWS, which other tests install too. */
function python(program: string, input: unknown): unknown {
  const command = join(REPOSITORY, '.tools/python/bin/python')
  const { status, stdout, stderr, error } = spawnSync(command, ['-c', program], { input: JSON.stringify(input) })
  assert.equal(status, 0, `${error ?? stderr}\nrun \`tools/setup.sh test\``)
  return JSON.parse(String(stdout))
}

const MATCHES = `
import json, sys
from moto.events.models import EventPattern
given = json.load(sys.stdin)
pattern = EventPattern.load(json.dumps(given["pattern"]))
json.dump([pattern.matches_event(event) for event in given["events"]], sys.stdout)
`

const sample = (name: string) => JSON.parse(readFileSync(join(REPOSITORY, `testdata/events/${name}.json`), 'utf8'))

test('the rule matches every change of an original, and variants that a pattern cannot distinguish', () => {
  const changed = (name: string, key: string, detail: object = {}, object: object = {}) => {
    const event = sample(name)
    const bucket = { name: EXISTING.bucketName }
    event.detail = { ...event.detail, bucket, ...detail, object: { ...event.detail.object, key, ...object } }
    return event
  }
  const lifecycle = { reason: 'Lifecycle Expiration', requester: 's3.amazonaws.com' }
  const old = { ...lifecycle, 'deletion-type': 'Permanently Deleted' }
  const rows: [boolean, object][] = [
    [true, changed('object-created', 'photos/cat.jpg')],
    [true, changed('object-created', 'cat')],
    [true, changed('object-created', '猫/w_auto/cat.jpg')],
    [true, changed('object-deleted', 'photos/cat.jpg')],
    [true, changed('object-deleted', 'photos/cat.jpg', { 'deletion-type': 'Delete Marker Created' })],
    // A version that was deleted by hand may have been the newest.
    [true, changed('object-deleted', 'photos/cat.jpg', {}, { 'version-id': '1' })],
    [true, changed('object-deleted', 'photos/cat.jpg', { ...lifecycle, 'deletion-type': 'Delete Marker Created' })],
    [true, changed('object-deleted', 'photos/cat.jpg', old)],
    [false, changed('object-deleted', 'photos/cat.jpg', old, { 'version-id': '1' })],
    // Similar to keys of variants, but keys of originals.
    ...['w_2x/cat.jpg', 'w_2024.jpg', 'w_autos/cat.jpg', 'w_auto.jpg', 'w_/cat.jpg'].map((key): [boolean, object] => [
      true,
      changed('object-created', key),
    ]),
    [false, changed('object-created', 'w_auto/h_200/webp/photos/cat.jpg')],
    [false, changed('object-deleted', 'w_auto/webp/photos/cat.jpg')],
    // purge ignores these.
    [true, changed('object-created', 'w_200/webp/photos/cat.jpg')],
    [false, changed('object-created', 'photos/cat.jpg', { bucket: { name: 'others' } })],
    [false, { ...changed('object-created', 'photos/cat.jpg'), 'detail-type': 'Object Tags Added' }],
    [false, { ...changed('object-created', 'photos/cat.jpg'), source: 'my.app' }],
  ]
  const pattern = rule(templateWith(EXISTING))?.EventPattern
  const found = python(MATCHES, { pattern, events: rows.map(([, event]) => event) })
  assert.deepEqual(
    rows.map(([, event], row) => [(found as boolean[])[row], event]),
    rows,
  )
})

test('the pattern is the same everywhere', () => {
  const { stack } = appWith(EXISTING)
  const [elsewhere] = stack.dependencies
  assert.ok(elsewhere)
  assert.deepEqual(rule(Template.fromStack(elsewhere))?.EventPattern, rule(Template.fromStack(stack))?.EventPattern)
  const [bucket] = Object.keys(templateWith().findResources('AWS::S3::Bucket'))
  assert.deepEqual(rule(templateWith())?.EventPattern.detail.bucket, { name: [{ Ref: bucket }] })
})

test('the bucket sends events to EventBridge without a function of the CDK', () => {
  const [bucket] = Object.values(templateWith().findResources('AWS::S3::Bucket'))
  assert.deepEqual(bucket?.Properties.NotificationConfiguration, {
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  })
  templateWith().resourceCountIs('Custom::S3BucketNotifications', 0)
})

/** Checks that events are forwarded to us-east-1, and nowhere else. */
function isForwarded(there: Template, role: string): void {
  const home = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`
  const { Targets: targets } = rule(there) ?? {}
  assert.deepEqual(
    targets.map(({ Arn }: { Arn: unknown }) => Arn),
    [home],
  )
  const [roleId, attribute] = targets[0].RoleArn['Fn::GetAtt']
  assert.equal(attribute, 'Arn')
  assert.ok(roleId.startsWith(role), roleId)
  assert.deepEqual(allowed(there, role), [{ Action: ['events:PutEvents'], Resource: [home] }])
  // Events that did not arrive within a day wait in a dead-letter queue, and raise an alarm.
  const [[queue, { Properties: kept }] = ['', { Properties: {} }]] = Object.entries(
    there.findResources('AWS::SQS::Queue'),
  )
  assert.deepEqual(targets[0].DeadLetterConfig, { Arn: { 'Fn::GetAtt': [queue, 'Arn'] } })
  assert.deepEqual(kept, { MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true })
  const [policy] = Object.values(there.findResources('AWS::SQS::QueuePolicy'))
  const [ruleId] = Object.keys(there.findResources(RULE))
  const lets = policy?.Properties.PolicyDocument.Statement.filter(
    ({ Effect }: { Effect: string }) => Effect === 'Allow',
  )
  assert.deepEqual(
    lets.map(({ Principal, Condition }: { Principal: unknown; Condition: unknown }) => [Principal, Condition]),
    [[{ Service: 'events.amazonaws.com' }, { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [ruleId, 'Arn'] } } }]],
  )
  const [alarm, ...alarms] = Object.values(there.findResources('AWS::CloudWatch::Alarm'))
  assert.deepEqual(alarms, [])
  assert.equal(alarm?.Properties.MetricName, 'ApproximateNumberOfMessagesVisible')
  assert.deepEqual(alarm?.Properties.Dimensions, [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }])
  there.resourceCountIs('AWS::Lambda::Function', 0)
}

test("events of a new bucket in another region are forwarded by a rule in the bucket's stack", () => {
  const { stack } = appWith(ELSEWHERE)
  const there = Template.fromStack(stack.dependencies[0] as Stack)
  isForwarded(there, 'OriginalsChangesRule')
  const [bucket] = Object.values(there.findResources('AWS::S3::Bucket'))
  assert.ok(bucket?.Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled)
  const here = rule(Template.fromStack(stack))
  assert.deepEqual(here?.EventPattern.detail.bucket.name, [bucket?.Properties.BucketName])
})

test('events of an existing bucket in another region are forwarded by a rule in a stack of its own', () => {
  const { app, stack } = appWith(EXISTING)
  const [there, ...more] = stack.dependencies
  assert.ok(there)
  assert.deepEqual(more, [])
  assert.deepEqual([there.stackName, there.region], ['Ridge-events-eu-central-1', 'eu-central-1'])
  isForwarded(Template.fromStack(there), 'picturesRule')
  app.synth()
  // Also without an account at synth.
  const anywhere = Template.fromStack(appWith(EXISTING, '').stack.dependencies[0] as Stack)
  assert.match(
    JSON.stringify(rule(anywhere)?.Targets[0].Arn),
    /"arn:aws:events:us-east-1:",\{"Ref":"AWS::AccountId"\},":event-bus\/default"/,
  )
})

test('the name of that stack contains the name of the stack of the distribution', () => {
  const app = newApp()
  const env = { region: 'us-east-1' }
  const here = new Stack(app, 'Here', { env, stackName: 'shop' })
  new RidgeImages(here, 'Images', { originals: { bucketName: 'one', region: 'eu-central-1' }, packages: PACKAGES })
  assert.deepEqual(
    here.dependencies.map(({ stackName }) => stackName),
    ['shop-events-eu-central-1'],
  )
  const nested = new NestedStack(new Stack(app, 'Outer', { env }), 'Inner')
  new RidgeImages(nested, 'Images', { originals: { bucketName: 'two', region: 'eu-central-1' }, packages: PACKAGES })
  const { stacks } = app.synth()
  assert.deepEqual(stacks.map(({ stackName }) => stackName).sort(), [
    'Inner-events-eu-central-1',
    'Outer',
    'shop',
    'shop-events-eu-central-1',
  ])
})

test('buckets of one region share that stack, and two constructs can share a bucket', () => {
  const { stack } = imagesWith({ originals: { bucketName: 'one', region: 'eu-central-1' } })
  for (const [id, bucketName, region] of [
    ['Again', 'one', 'eu-central-1'],
    ['Other', 'other', 'eu-central-1'],
    ['Far', 'far', 'sa-east-1'],
    ['Near', 'near', 'us-east-1'],
  ] as const) {
    new RidgeImages(stack, id, { originals: { bucketName, region }, packages: PACKAGES })
  }
  assert.deepEqual(
    stack.dependencies.map(({ stackName }) => stackName),
    ['Own-events-eu-central-1', 'Own-events-sa-east-1'],
  )
  const [there] = stack.dependencies
  const names = Object.values(Template.fromStack(there as Stack).findResources(RULE)).map(
    ({ Properties }) => Properties.EventPattern.detail.bucket.name,
  )
  assert.deepEqual(names, [['one'], ['other']])
})

test('events of a bucket in another stack of this region are not forwarded', () => {
  const app = newApp()
  const env = { region: 'us-east-1' }
  const there = new Stack(app, 'There', { env })
  new RidgeImages(new Stack(app, 'Here', { env }), 'Images', {
    originals: new OriginalsBucket(there, 'Originals'),
    packages: PACKAGES,
  })
  const template = Template.fromStack(there)
  template.resourceCountIs(RULE, 0)
  template.hasResourceProperties('AWS::S3::Bucket', { NotificationConfiguration: Match.anyValue() })
})

test('without purge no events are sent', () => {
  for (const settings of [{}, ELSEWHERE, EXISTING]) {
    const { stack } = appWith({ ...settings, purge: 'false' })
    for (const each of [stack, ...stack.dependencies]) {
      const template = Template.fromStack(each)
      template.resourceCountIs(RULE, 0)
      for (const { Properties } of Object.values(template.findResources('AWS::S3::Bucket'))) {
        assert.equal(Properties.NotificationConfiguration, undefined)
      }
    }
    assert.deepEqual(Object.keys(Template.fromStack(stack).findOutputs('BucketEvents')), [])
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue())
  }
  assert.equal(appWith({ ...EXISTING, purge: 'false' }).stack.dependencies.length, 0)
})

test('notifications added to the bucket must not disable EventBridge', () => {
  const synth = (on: boolean, purge = true) => {
    const { stack, images } = imagesWith({ purge })
    const bucket = images.bucket as s3.Bucket
    bucket.addEventNotification(s3.EventType.OBJECT_CREATED, new SqsDestination(new sqs.Queue(stack, 'Queue')))
    if (on) bucket.enableEventBridgeNotification()
    return (stack.node.root as App).synth()
  }
  assert.throws(() => synth(false), /notifications of your own, also call bucket\.enableEventBridgeNotification\(\)/)
  synth(true)
  synth(false, false)
})

const COMMAND = switchOnCommand(EXISTING.bucketName, EXISTING.bucketRegion)

test('synth, an output and README.md say what an existing bucket needs', () => {
  const { stack } = appWith(EXISTING)
  const [message, ...more] = Annotations.fromStack(stack).findInfo('*', Match.anyValue())
  assert.deepEqual(more, [])
  assert.equal(
    message?.entry.data,
    `purge: EventBridge must be enabled for the bucket pictures, which this app does not change. Run once: ${COMMAND}`,
  )
  assert.equal(Template.fromStack(stack).findOutputs('BucketEvents').BucketEvents?.Value, COMMAND)
  const readme = readFileSync(join(CDK, 'README.md'), 'utf8').replaceAll(/\s*\\\n\s*/g, ' ')
  assert.ok(readme.includes(switchOnCommand('my-pictures', 'eu-central-1')), 'cdk/README.md shows another command')
  Annotations.fromStack(appWith().stack).hasNoInfo('*', Match.anyValue())
})

/** Prints its arguments, and answers the inner call with `$SAID`. */
const AWS = `aws() {
  case $2 in
    get-*) printf '%s\\n' "$@" >&2; printf '%s' "$SAID" ;;
    *) printf '%s\\n' "$@" ;;
  esac
}`

test('the command keeps existing notifications', () => {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', `${AWS}\n${COMMAND}`], { env: { SAID: '{"a": "b c"}' } })
  assert.equal(status, 0)
  const at = ['--bucket', 'pictures', '--region', 'eu-central-1']
  const [get, put] = [stderr, stdout].map((text) => String(text).trimEnd().split('\n'))
  assert.deepEqual(put, [
    's3api',
    'put-bucket-notification-configuration',
    ...at,
    '--notification-configuration',
    '{"a": "b c"}',
  ])
  const query = get?.pop()
  assert.deepEqual(get, ['s3api', 'get-bucket-notification-configuration', ...at, '--output', 'json', '--query'])
  const topic = { TopicConfigurations: [{ TopicArn: 'arn:aws:sns:eu-central-1:123456789012:mine' }] }
  const merged = python(
    'import json, jmespath, sys; print(json.dumps([jmespath.search(*one) for one in json.load(sys.stdin)]))',
    [
      [query, {}],
      [query, topic],
    ],
  )
  assert.deepEqual(merged, [{ EventBridgeConfiguration: {} }, { ...topic, EventBridgeConfiguration: {} }])
})
