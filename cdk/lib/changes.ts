// What S3 tells EventBridge of originals that changed, and its way to the region where purge is.
import { Stack, Stage, Token } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import { EventBus } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import { type AlarmRow, type Alarms, alarmTopic, MINUTE, makeAlarm, sendAlarms } from './alarms.ts'
import { HOME } from './edge-rules.ts'
import { DeadLetterQueue } from './queues.ts'

/** Reserved for variants, like `w_` and a number. */
const VARIANTS_WITHOUT_WIDTH = 'w_auto/'

/**
 * The events of a bucket after which CloudFront may hold something old.
 *
 * S3 tells of variants too. A pattern can leave out those without a width only: it cannot say "digits up to the slash",
 * and `w_2x/cat.jpg` is an original. The function leaves out the others, for half of what the event has cost already.
 *
 * An old version that the lifecycle removes could not be had any more, so CloudFront holds nothing of it. In a bucket
 * without versions the same words are about the object itself ("Configuring Lifecycle event notifications" and
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

/** Counts the events that did not reach {@link HOME}, until somebody deletes them. */
const LOST_CHANGES: AlarmRow = {
  id: 'LostChanges',
  over: 0,
  minutes: 1,
  says: `changes of originals did not reach ${HOME}; cdk/README.md says what to do`,
}

/**
 * Sends the events of a bucket in this stack's region to the default event bus of {@link HOME}. EventBridge tries for a
 * day, and then puts the event into a dead-letter queue in this region.
 *
 * So the bucket's stack needs to know neither distribution nor purge, which both need to know the bucket.
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
      description: `Ridge: originals that changed, for purge in ${HOME}`,
      eventPattern: changesIn(bucketName),
      targets: [new EventBus(events.EventBus.fromEventBusArn(this, 'Home', home), { deadLetterQueue })],
    })
    if (alarms === false) return
    const lost = deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: MINUTE })
    const alarm = makeAlarm(this, LOST_CHANGES, lost)
    // CloudWatch publishes to topics of its own region only, so a topic in us-east-1 is no use here.
    const topic = typeof alarms === 'object' && 'email' in alarms ? alarmTopic(this, alarms) : undefined
    if (topic) sendAlarms([alarm], topic)
  }
}

/** Does that for a bucket that is there already, in a stack of its own, which is deployed before that of `scope`. */
export function forwardChanges(scope: Construct, bucketName: string, region: string, alarms: Alarms): void {
  const here = Stack.of(scope)
  const stage = Stage.of(scope)
  const named = (name: string) => `${name}-events-${region}`
  const id = named(here.node.id)
  const there =
    (stage?.node.tryFindChild(id) as Stack | undefined) ??
    new Stack(stage, id, {
      env: { account: here.account, region },
      // A nested stack gets its name at deployment.
      ...(Token.isUnresolved(here.stackName) ? {} : { stackName: named(here.stackName) }),
      description: 'Ridge: tells of originals that changed',
    })
  if (!there.node.tryFindChild(bucketName)) new ForwardedChanges(there, bucketName, bucketName, alarms)
  here.addStackDependency(there)
}

/**
 * The command that switches EventBridge on for a bucket and leaves its other notifications as they are: S3 replaces all
 * of them at once.
 */
export function switchOnCommand(bucketName: string, region: string): string {
  const bucket = `--bucket ${bucketName} --region ${region}`
  const asItIs = `aws s3api get-bucket-notification-configuration ${bucket}`
  return (
    `aws s3api put-bucket-notification-configuration ${bucket} --notification-configuration ` +
    `"$(${asItIs} --output json --query 'merge(@, {EventBridgeConfiguration: \`{}\`})')"`
  )
}
