// purge: a queue receives S3's events about changed originals, and a function invalidates the originals in CloudFront.
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
 * `true`: by cache tag, and by path after CloudFront has refused a tag; `'paths'`: by path, together with all variants
 * of all originals; `false`: not at all.
 */
export type PurgeMode = boolean | 'paths'

const TIMEOUT = Duration.seconds(contract.functions.purge.timeoutSeconds)

/**
 * A batch is delivered again if the function has not finished it by then: six times its timeout, as Lambda's guide
 * advises.
 */
const VISIBILITY = Duration.seconds(6 * TIMEOUT.toSeconds())

/** Retries for half an hour, because too many invalidations can be in progress in CloudFront for some minutes. */
const MAX_RECEIVES = 10

/** The maximum number of originals in one request to CloudFront, and of concurrent requests. */
const BATCH = 100
const BATCH_WINDOW = Duration.seconds(1)
const CONCURRENCY = 2

export interface PurgeProps {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly mode: Exclude<PurgeMode, false>
  /** The package, a zip file. */
  readonly package: string
  readonly logGroup: logs.ILogGroup
}

/** Must be in the stack of the distribution. Events of a bucket in another region are sent here. */
export class Purge extends Construct {
  readonly function: lambda.Function
  readonly queue: sqs.Queue
  /** The dead-letter queue. */
  readonly deadLetters: sqs.Queue

  constructor(scope: Construct, id: string, props: PurgeProps) {
    super(scope, id)
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters')
    this.queue = new sqs.Queue(this, 'Queue', {
      ...GUARDED,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    })
    new events.Rule(this, 'Changes', {
      description: 'Ridge: changed originals',
      eventPattern: changesIn(props.bucket.bucketName),
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    })
    this.function = this.makeFunction(props)
    this.function.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: BATCH,
        maxBatchingWindow: BATCH_WINDOW,
        maxConcurrency: CONCURRENCY,
        // The function's response names the messages that must be delivered again; the others are done.
        reportBatchItemFailures: true,
      }),
    )
  }

  private makeFunction({ bucket, distribution, mode, package: zip, logGroup }: PurgeProps): lambda.Function {
    const role = new iam.Role(this, 'Role', {
      description: "Role of Ridge's purge",
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    })
    logGroup.grantWrite(role)
    distribution.grantCreateInvalidation(role)
    // Without this permission, or without versioning, purge treats each upload as a replacement.
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
