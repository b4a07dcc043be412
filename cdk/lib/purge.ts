// purge: what S3 tells of changed originals waits in a queue for a function that makes CloudFront forget them.
import { Duration } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as events from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import type * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { changesIn } from './changes.ts'
import { contract } from './contract.ts'
import { ownAccount } from './originals.ts'
import { DeadLetterQueue, GUARDED } from './queues.ts'

/**
 * `true`: by cache tag, and by path once CloudFront has refused a tag; `'paths'`: by path, and with it all variants of
 * all originals; `false`: not at all.
 */
export type PurgeMode = boolean | 'paths'

const TIMEOUT = Duration.seconds(contract.functions.purge.timeoutSeconds)

/** A batch comes again when the function has not finished it by then: six of its times, as Lambda's guide advises. */
const VISIBILITY = Duration.seconds(6 * TIMEOUT.toSeconds())

/** Half an hour of trying. CloudFront may have too many invalidations in progress for some minutes. */
const MOST_RECEIVES = 10

/** One call of CloudFront for so many originals, and no more than so many calls at once. */
const BATCH = 100
const BATCH_WINDOW = Duration.seconds(1)
const CONCURRENCY = 2

export interface PurgeProps {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly mode: Exclude<PurgeMode, false>
  /** The package, a zip. */
  readonly package: string
  readonly logGroup: logs.ILogGroup
}

/** Must be in the stack of the distribution; the events of a bucket in another region are sent here. */
export class Purge extends Construct {
  readonly function: lambda.Function
  readonly queue: sqs.Queue
  /** What was tried in vain. */
  readonly deadLetters: sqs.Queue

  constructor(scope: Construct, id: string, props: PurgeProps) {
    super(scope, id)
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters')
    this.queue = new sqs.Queue(this, 'Queue', {
      ...GUARDED,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MOST_RECEIVES },
    })
    new events.Rule(this, 'Changes', {
      description: 'Ridge: originals that changed',
      eventPattern: changesIn(props.bucket.bucketName),
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    })
    this.function = this.makeFunction(props)
    this.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: BATCH,
        maxBatchingWindow: BATCH_WINDOW,
        maxConcurrency: CONCURRENCY,
        // The answer names what must come again; the others of its batch are done.
        reportBatchItemFailures: true,
      }),
    )
  }

  private makeFunction({ bucket, distribution, mode, package: zip, logGroup }: PurgeProps): lambda.Function {
    const role = new iam.Role(this, 'Role', {
      description: "What Ridge's purge may do",
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    })
    logGroup.grantWrite(role)
    distribution.grantCreateInvalidation(role)
    // Where it may not, or where there are no versions, it takes each upload for one that replaced something.
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'TellNew',
        actions: ['s3:ListBucketVersions'],
        resources: [bucket.bucketArn],
        conditions: ownAccount(role),
      }),
    )
    return new lambda.Function(this, 'Function', {
      description: 'Ridge: purge',
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture: lambda.Architecture.X86_64,
      handler: 'bootstrap',
      code: lambda.Code.fromAsset(zip),
      memorySize: contract.functions.purge.memoryMb,
      timeout: TIMEOUT,
      environment: {
        RIDGE_DISTRIBUTION_ID: distribution.distributionId,
        RIDGE_PURGE_BY: mode === 'paths' ? 'paths' : 'tags',
      },
      role,
      logGroup,
    })
  }
}
