// Sends S3's events about changed originals through EventBridge to the region of purge.
import { Stack, Stage, Token } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import { EventBus } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import { type AlarmRow, type Alarms, alarmTopic, MINUTE, makeAlarm, sendAlarms } from './alarms.ts'
import { HOME } from './edge-rules.ts'
import { DeadLetterQueue } from './queues.ts'

/** Reserved for variants, like `w_<number>/`. */
const VARIANTS_WITHOUT_WIDTH = 'w_auto/'

/**
 * Returns the pattern of the events after which CloudFront may have an outdated response cached.
 *
 * S3 sends events about variants too. A pattern can exclude only variants without a width: it cannot express "digits up
 * to the slash", and `w_2x/cat.jpg` is an original. The function ignores the others, for which half of the event's
 * price has been paid by then.
 *
 * Clients cannot request a noncurrent version that a lifecycle rule removes, so CloudFront has not cached it. In a
 * bucket without versioning the same fields describe the object itself ("Configuring Lifecycle event notifications" and
 * "EventBridge event message structure" of the S3 user guide).
 */
export function changesIn(bucketName: string): events.EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created', 'Object Deleted'],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: events.Match.anythingButPrefix(VARIANTS_WITHOUT_WIDTH) },
      $or: [
        { reason: events.Match.anythingBut('Lifecycle Expiration') },
        { 'deletion-type': events.Match.anythingBut('Permanently Deleted') },
        { object: { 'version-id': events.Match.doesNotExist() } },
      ],
    },
  }
}

/** Counts the events that did not reach {@link HOME}, until they are deleted from the dead-letter queue. */
const LOST_CHANGES: AlarmRow = {
  id: 'LostChanges',
  over: 0,
  minutes: 1,
  description: `changes of originals did not reach ${HOME}; see cdk/README.md`,
}

/**
 * Forwards the events of a bucket in this stack's region to the default event bus of {@link HOME}. EventBridge retries
 * for a day, and then puts the event into a dead-letter queue in this region.
 *
 * With this construct the bucket's stack needs to know neither distribution nor purge, which both need to know the
 * bucket.
 */
export class ForwardedChanges extends Construct {
  constructor(scope: Construct, id: string, bucketName: string, alarms: Alarms) {
    super(scope, id)
    const home = Stack.of(this).formatArn({
      service: 'events',
      region: HOME,
      resource: 'event-bus',
      resourceName: 'default',
    })
    const deadLetterQueue = new DeadLetterQueue(this, 'DeadLetters')
    new events.Rule(this, 'Rule', {
      description: `Ridge: changed originals, for purge in ${HOME}`,
      eventPattern: changesIn(bucketName),
      targets: [new EventBus(events.EventBus.fromEventBusArn(this, 'Home', home), { deadLetterQueue })],
    })
    if (alarms === false) return
    const lost = deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: MINUTE })
    const alarm = makeAlarm(this, LOST_CHANGES, lost)
    // CloudWatch publishes only to topics in its own region, so a topic in us-east-1 cannot be used here.
    const topic = typeof alarms === 'object' && 'email' in alarms ? alarmTopic(this, alarms) : undefined
    if (topic) sendAlarms([alarm], topic)
  }
}

/** Forwards the events of an existing bucket, from a stack of its own that is deployed before the stack of `scope`. */
export function forwardChanges(scope: Construct, bucketName: string, region: string, alarms: Alarms): void {
  const here = Stack.of(scope)
  const stage = Stage.of(scope)
  const named = (name: string) => `${name}-events-${region}`
  const id = named(here.node.id)
  const there =
    (stage?.node.tryFindChild(id) as Stack | undefined) ??
    new Stack(stage, id, {
      env: { account: here.account, region },
      // The name of a nested stack is known only at deployment.
      ...(Token.isUnresolved(here.stackName) ? {} : { stackName: named(here.stackName) }),
      description: 'Ridge: forwards events about changed originals',
    })
  if (!there.node.tryFindChild(bucketName)) new ForwardedChanges(there, bucketName, bucketName, alarms)
  here.addStackDependency(there)
}

/**
 * Returns the command that enables EventBridge for a bucket and keeps its other notifications: S3 replaces all
 * notifications of a bucket at once.
 */
export function switchOnCommand(bucketName: string, region: string): string {
  const bucket = `--bucket ${bucketName} --region ${region}`
  const asItIs = `aws s3api get-bucket-notification-configuration ${bucket}`
  return (
    `aws s3api put-bucket-notification-configuration ${bucket} --notification-configuration ` +
    `"$(${asItIs} --output json --query 'merge(@, {EventBridgeConfiguration: \`{}\`})')"`
  )
}
