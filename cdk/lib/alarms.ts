// Alarms, and where they are sent.
import { Duration, Stack } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/**
 * Whether there are alarms, and where they are sent: `true` makes alarms that are sent nowhere, a topic must be in
 * us-east-1, and to an e-mail address AWS sends a confirmation first.
 */
export type Alarms = boolean | { readonly topic: sns.ITopic } | { readonly email: string }

/** The period of every alarm's metric. */
export const MINUTE = Duration.minutes(1)

export interface AlarmRow {
  readonly id: string
  /** The metric's value above which a minute counts. */
  readonly over: number
  /** Minutes of five that must be over it. Misses are rare, so a function that fails each time need not do so every minute. */
  readonly minutes: number
  /** One line for the alarm's description. */
  readonly says: string
}

/** Makes one alarm on a metric of the stack's own region; an alarm sees no other. */
export function makeAlarm(scope: Construct, row: AlarmRow, metric: cloudwatch.IMetric): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, row.id, {
    metric,
    threshold: row.over,
    alarmDescription: `Ridge: ${row.says}`,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 5,
    datapointsToAlarm: row.minutes,
    // Nobody asked for an image: nothing is wrong.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  })
}

/**
 * The topic for the alarms in the stack of `scope`; `undefined` where they are sent nowhere. CloudWatch publishes to
 * topics of an alarm's own region only, so a given topic serves us-east-1, and an e-mail address serves every region.
 */
export function alarmTopic(scope: Construct, alarms: Alarms): sns.ITopic | undefined {
  if (typeof alarms === 'boolean') return undefined
  if ('topic' in alarms) return alarms.topic
  const topic = new sns.Topic(scope, 'AlarmTopic', { displayName: 'Ridge', enforceSSL: true })
  topic.addSubscription(new EmailSubscription(alarms.email))
  return topic
}

/** Sends alarms to a topic, and lets them publish there. */
export function sendAlarms(alarms: readonly cloudwatch.Alarm[], topic: sns.ITopic): void {
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic))
  // A topic without a policy of its own has SNS's default one, which lets the account's alarms publish.
  if (policyOf(topic)) letPublish(topic)
  topic.node.addValidation({ validate: () => (isSilent(topic) ? [SILENT] : []) })
}

const CLOUDWATCH = 'cloudwatch.amazonaws.com'

const SILENT =
  "alarms: the topic's policy replaces SNS's default one and lets no alarm publish; write " +
  "topic.addToResourcePolicy(…) before RidgeImages, or allow sns:Publish to the service 'cloudwatch.amazonaws.com'"

/** A topic's policy in this app, where it has one: `enforceSSL` makes one, which replaces SNS's default policy. */
function policyOf(topic: sns.ITopic): sns.TopicPolicy | undefined {
  return topic.node.tryFindChild('Policy') as sns.TopicPolicy | undefined
}

function isSilent(topic: sns.ITopic): boolean {
  const policy = policyOf(topic)
  return policy !== undefined && !JSON.stringify(Stack.of(topic).resolve(policy.document)).includes(CLOUDWATCH)
}

/** "Using encryption … and access control for CloudWatch alarms" of the SNS developer guide names both conditions. */
function letPublish(topic: sns.ITopic): void {
  const { account, partition, region } = Stack.of(topic)
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsPublish',
      principals: [new iam.ServicePrincipal(CLOUDWATCH)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
        StringEquals: { 'aws:SourceAccount': account },
      },
    }),
  )
}
