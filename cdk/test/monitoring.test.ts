import assert from 'node:assert/strict'
import test from 'node:test'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import { RidgeImages } from '../lib/ridge-images.ts'
import { ACCOUNT, appWith, imagesWith, newApp, PACKAGES, templateWith, VARIANTS } from './app.ts'

const resources = (type: string, settings: Record<string, unknown> = {}) =>
  Object.values(templateWith(settings).findResources(type)).map(({ Properties }) => Properties)

/** CloudFront's metrics, with the one statistic of each: "Types of metrics for CloudFront" in its guide. */
const PUBLISHED: Readonly<Record<string, string>> = {
  Requests: 'Sum',
  BytesDownloaded: 'Sum',
  '4xxErrorRate': 'Average',
  '5xxErrorRate': 'Average',
  LambdaExecutionError: 'Sum',
  LambdaValidationError: 'Sum',
  LambdaLimitExceededErrors: 'Sum',
}

/** The metrics that CloudFront charges for. */
const ADDITIONAL = ['CacheHitRate Average', 'OriginLatency p50', 'OriginLatency p90']

const OF_CLOUDFRONT = ({ Namespace }: { Namespace?: string }) => Namespace === 'AWS/CloudFront'

test('alarms use metrics of CloudFront, which are in this region', () => {
  const alarms = resources('AWS::CloudWatch::Alarm').filter(OF_CLOUDFRONT)
  const found = alarms.map(({ MetricName, Statistic, Threshold }) => [MetricName, Statistic, Threshold])
  assert.deepEqual(found.sort(), [
    ['5xxErrorRate', 'Average', 1],
    ['LambdaExecutionError', 'Sum', 0],
    ['LambdaLimitExceededErrors', 'Sum', 0],
    ['LambdaValidationError', 'Sum', 0],
  ])
  for (const alarm of alarms) {
    assert.deepEqual(
      alarm.Dimensions.map(({ Name }: { Name: string }) => Name),
      ['DistributionId', 'Region'],
    )
    assert.equal(alarm.Dimensions[1].Value, 'Global')
    assert.deepEqual([alarm.Period, alarm.EvaluationPeriods, alarm.DatapointsToAlarm], [60, 5, alarm.Threshold ? 3 : 1])
    assert.equal(alarm.TreatMissingData, 'notBreaching')
    assert.equal(PUBLISHED[alarm.MetricName], alarm.Statistic)
    assert.equal(alarm.AlarmActions, undefined)
  }
})

test('alarms report changed originals that wait for long or are in the dead-letter queue', () => {
  const alarms = resources('AWS::CloudWatch::Alarm').filter((alarm) => !OF_CLOUDFRONT(alarm))
  const found = alarms.map(({ Namespace, MetricName, Statistic, Threshold, Dimensions }) => [
    `${Namespace} ${MetricName} ${Statistic} > ${Threshold}`,
    Dimensions.map(({ Name, Value }: { Name: string; Value: { 'Fn::GetAtt': string[] } }) => [
      Name,
      Value['Fn::GetAtt'][0]?.replace(/[0-9A-F]{8}$/, ''),
    ]),
  ])
  assert.deepEqual(found.sort(), [
    ['AWS/SQS ApproximateAgeOfOldestMessage Maximum > 300', [['QueueName', 'ImagesPurgeQueue']]],
    ['AWS/SQS ApproximateNumberOfMessagesVisible Maximum > 0', [['QueueName', 'ImagesPurgeDeadLetters']]],
  ])
  for (const alarm of alarms) {
    assert.deepEqual([alarm.Period, alarm.EvaluationPeriods, alarm.DatapointsToAlarm], [60, 5, 1])
    assert.deepEqual([alarm.ComparisonOperator, alarm.TreatMissingData], ['GreaterThanThreshold', 'notBreaching'])
  }
  assert.ok(resources('AWS::CloudWatch::Alarm', { purge: 'false' }).every(OF_CLOUDFRONT))
})

interface Statement {
  readonly Effect: string
  readonly Action: string
  readonly Principal: { readonly Service?: string }
  readonly Resource: unknown
  readonly Condition: unknown
}

/** Returns the topics that a template's alarms are sent to. Fails if alarms cannot publish to one. */
function published(template: Template, region: string): string[] {
  const policies = Object.values(template.findResources('AWS::SNS::TopicPolicy'))
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
  return alarms.flatMap(({ Properties }) => {
    const { AlarmActions: actions = [] } = Properties as { AlarmActions?: { Ref: string }[] }
    for (const { Ref: topic } of actions) {
      // A policy replaces SNS's default one, which allows alarms to publish.
      const own = policies.find(({ Properties: { Topics } }) => JSON.stringify(Topics).includes(`"${topic}"`))
      assert.ok(own, `${topic} has enforceSSL, and so a policy`)
      const statements: Statement[] = own.Properties.PolicyDocument.Statement
      const lets = statements.filter(({ Effect, Principal }) => {
        return Effect === 'Allow' && Principal.Service === 'cloudwatch.amazonaws.com'
      })
      assert.deepEqual(
        lets.map(({ Action, Resource, Condition }) => [Action, Resource, Condition]),
        [
          [
            'sns:Publish',
            { Ref: topic },
            {
              ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:*` },
              StringEquals: { 'aws:SourceAccount': ACCOUNT },
            },
          ],
        ],
      )
    }
    return actions.map(({ Ref }) => Ref)
  })
}

test('every alarm of every stack can publish to its topic', () => {
  const counts = Object.entries(VARIANTS).map(([name, settings]) => {
    const { stack } = appWith(settings)
    const sent = [stack, ...stack.dependencies].map((each) => {
      const topics = published(Template.fromStack(each), each.region)
      const subscribed = Object.values(Template.fromStack(each).findResources('AWS::SNS::Subscription'))
      const to = subscribed.map(({ Properties: { TopicArn, Endpoint } }) => [TopicArn.Ref, Endpoint])
      assert.deepEqual(to, settings.alarmEmail ? [...new Set(topics)].map((topic) => [topic, settings.alarmEmail]) : [])
      return topics.length
    })
    return [name, sent] as const
  })
  const mail = counts.filter(([, sent]) => sent.some((topics) => topics > 0))
  assert.deepEqual(mail, [
    ['everything on', [6]],
    ['a bucket elsewhere, with mail', [6, 1]],
  ])
})

test('the policy of a given topic is changed to accept alarms, or synth fails', () => {
  const stack = new Stack(newApp(), 'Own', { env: { account: ACCOUNT, region: 'us-east-1' } })
  const topic = new sns.Topic(stack, 'Mine', { enforceSSL: true })
  new RidgeImages(stack, 'Images', { alarms: { topic }, packages: PACKAGES })
  assert.equal(published(Template.fromStack(stack), 'us-east-1').length, 6)

  const late = new Stack(newApp(), 'Own', { env: { account: ACCOUNT, region: 'us-east-1' } })
  const silent = new sns.Topic(late, 'Mine')
  new RidgeImages(late, 'Images', { alarms: { topic: silent }, packages: PACKAGES })
  silent.grantPublish(new iam.ServicePrincipal('budgets.amazonaws.com'))
  assert.throws(() => Template.fromStack(late), /policy replaces SNS's default one and allows no alarm to publish/)
})

test('alarms are sent to an address, sent to a topic, or not created', () => {
  const [topic] = Object.keys(templateWith({ alarmEmail: 'a@example.com' }).findResources('AWS::SNS::Topic'))
  for (const { AlarmActions } of resources('AWS::CloudWatch::Alarm', { alarmEmail: 'a@example.com' })) {
    assert.deepEqual(AlarmActions, [{ Ref: topic }])
  }
  const [subscription] = resources('AWS::SNS::Subscription', { alarmEmail: 'a@example.com' })
  assert.deepEqual([subscription?.Protocol, subscription?.Endpoint], ['email', 'a@example.com'])

  const { stack } = imagesWith()
  const arn = 'arn:aws:sns:us-east-1:123456789012:mine'
  const mine = sns.Topic.fromTopicArn(stack, 'Mine', arn)
  const own = Template.fromStack(imagesWith({ alarms: { topic: mine } }).stack)
  const actions = Object.values(own.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.AlarmActions,
  )
  assert.deepEqual(actions, Array(6).fill([arn]))

  assert.deepEqual(resources('AWS::CloudWatch::Alarm', { alarms: 'false' }), [])
})

/** Returns the dashboard's metrics as `namespace name statistic region`. */
function shown(settings: Record<string, unknown>): string[] {
  const [dashboard] = resources('AWS::CloudWatch::Dashboard', settings)
  const parts: unknown[] = dashboard?.DashboardBody['Fn::Join'][1]
  const body = JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join(''))
  const widgets: { properties: { metrics: unknown[][] } }[] = body.widgets
  return widgets.flatMap(({ properties }) =>
    properties.metrics.map((metric) => {
      const { stat = 'Average', region = 'us-east-1' } = metric.at(-1) as { stat?: string; region?: string }
      return `${metric[0]} ${metric[1]} ${stat} ${region}`
    }),
  )
}

test('the dashboard shows existing metrics from their regions', () => {
  const cloudFront = Object.entries(PUBLISHED).map(
    ([name, statistic]) => `AWS/CloudFront ${name} ${statistic} us-east-1`,
  )
  const lambda = (region: string) =>
    ['Invocations Sum', 'Errors Sum', 'Duration p50', 'Duration p99'].map((name) => `AWS/Lambda ${name} ${region}`)
  const purge = [
    'AWS/Lambda Invocations Sum us-east-1',
    'AWS/Lambda Errors Sum us-east-1',
    ...Array(2).fill('AWS/SQS ApproximateNumberOfMessagesVisible Maximum us-east-1'),
  ]
  assert.deepEqual(shown({ purge: 'false' }).sort(), [...cloudFront, ...lambda('us-east-1')].sort())
  assert.deepEqual(
    shown(VARIANTS['a bucket in another region'] ?? {}).sort(),
    [...cloudFront, ...lambda('eu-west-2'), ...purge].sort(),
  )
})

test('additional metrics only on request', () => {
  assert.deepEqual(resources('AWS::CloudFront::MonitoringSubscription'), [])
  const settings = { additionalMetrics: 'true' }
  const [subscription] = resources('AWS::CloudFront::MonitoringSubscription', settings)
  assert.equal(
    subscription?.MonitoringSubscription.RealtimeMetricsSubscriptionConfig.RealtimeMetricsSubscriptionStatus,
    'Enabled',
  )
  const added = shown(settings).filter((metric) => !shown({}).includes(metric))
  assert.deepEqual(
    added.sort(),
    ADDITIONAL.map((metric) => `AWS/CloudFront ${metric} us-east-1`),
  )
})

test('log retention applies here and in the region of the Origin Shield', () => {
  const retention = (settings: Record<string, unknown>) =>
    resources('AWS::Logs::LogGroup', settings).map(({ RetentionInDays }) => RetentionInDays)
  assert.deepEqual(retention({}), [30, 30, 30])
  assert.deepEqual(retention({ logDays: '7' }), [7, 7, 7])
  assert.deepEqual(resources('Custom::LogRetention'), [])

  const settings = { bucketName: 'pictures', bucketRegion: 'eu-west-3', logDays: '7' }
  const [elsewhere, ...more] = resources('Custom::LogRetention', settings)
  assert.deepEqual(more, [])
  assert.deepEqual([elsewhere?.LogGroupRegion, elsewhere?.RetentionInDays], ['eu-west-2', 7])
  // The CDK's function may not delete the group there. A removal policy would make `cdk destroy` fail.
  assert.equal(elsewhere?.RemovalPolicy, undefined)
  const functions = resources('AWS::Lambda::Function', settings)
  const origin = functions.find(({ Description }) => Description === 'Ridge: origin-response')
  assert.deepEqual(elsewhere?.LogGroupName, origin?.LoggingConfig.LogGroup)
  assert.deepEqual(resources('Custom::LogRetention', { ...settings, originShield: 'false' }), [])
})
