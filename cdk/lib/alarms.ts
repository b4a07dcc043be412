// Alarms, and where they are sent.
import { Duration, Stack } from 'aws-cdk-lib'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sns from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'

/**
 * Whether there are alarms, and where they are sent. `true` creates alarms without a target. A topic must be in
 * us-east-1. AWS sends a confirmation request to an e-mail address first.
 */
export type Alarms = boolean | { readonly topic: sns.ITopic } | { readonly email: string }

/** The period of every alarm's metric. */
export const MINUTE = Duration.minutes(1)

export interface AlarmRow {
  readonly id: string
  /** The value of the metric above which a minute counts. */
  readonly over: number
  /**
   * How many of five minutes must be above the value. Cache misses are rare, so a function that always fails need not
   * fail in every minute.
   */
  readonly minutes: number
  /** One line for the alarm's description. */
  readonly description: string
}

/** Creates an alarm on a metric of the stack's own region; an alarm cannot use metrics of another region. */
export function makeAlarm(scope: Construct, row: AlarmRow, metric: cloudwatch.IMetric): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, row.id, {
    metric,
    threshold: row.over,
    alarmDescription: `Ridge: ${row.description}`,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 5,
    datapointsToAlarm: row.minutes,
    // A period without requests is not a failure.
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  })
}

/**
 * Returns the topic for alarms in the stack of `scope`; `undefined` if they have no target. CloudWatch publishes only
 * to topics in the alarm's region, so a given topic serves us-east-1, and an e-mail address serves every region.
 */
export function alarmTopic(scope: Construct, alarms: Alarms): sns.ITopic | undefined {
  if (typeof alarms === 'boolean') return undefined
  if ('topic' in alarms) return alarms.topic
  const topic = new sns.Topic(scope, 'AlarmTopic', { displayName: 'Ridge', enforceSSL: true })
  topic.addSubscription(new EmailSubscription(alarms.email))
  return topic
}

/** Sends alarms to a topic, and allows them to publish there. */
export function sendAlarms(alarms: readonly cloudwatch.Alarm[], topic: sns.ITopic): void {
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic))
  // SNS's default policy, which applies to a topic without its own policy, allows the account's alarms to publish.
  if (policyOf(topic)) letPublish(topic)
  topic.node.addValidation({ validate: () => (isSilent(topic) ? [SILENT] : []) })
}

const CLOUDWATCH = 'cloudwatch.amazonaws.com'

const SILENT =
  "alarms: the topic's policy replaces SNS's default one and allows no alarm to publish; write " +
  "topic.addToResourcePolicy(…) before RidgeImages, or allow sns:Publish to the service 'cloudwatch.amazonaws.com'"

/**
 * Returns the topic's policy in this app, if there is one. `enforceSSL` creates one, which replaces SNS's default
 * policy.
 */
function policyOf(topic: sns.ITopic): sns.TopicPolicy | undefined {
  return topic.node.tryFindChild('Policy') as sns.TopicPolicy | undefined
}

function isSilent(topic: sns.ITopic): boolean {
  const policy = policyOf(topic)
  return policy !== undefined && !JSON.stringify(Stack.of(topic).resolve(policy.document)).includes(CLOUDWATCH)
}

/**
 * Both conditions come from "Using encryption … and access control for CloudWatch alarms" of the SNS developer guide.
 */
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
