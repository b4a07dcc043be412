// The bucket for originals and variants.
import { Aws, type CfnResource, Duration, Lazy, PhysicalName, RemovalPolicy, Stack, Token } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { ForwardedChanges, forwardChanges } from './changes.ts'
import { contract } from './contract.ts'
import { HOME, rendered } from './edge-rules.ts'

/** The object tag of every stored variant. */
export const VARIANT_TAG = contract.variantTag

/**
 * The keys of variants, as patterns for a policy's resources. A policy cannot express "digits up to the slash", so
 * `w_2x/cat.jpg` matches; `w_2024.jpg` does not.
 */
export const VARIANT_KEYS: readonly string[] = ['w_auto/*', ...'123456789'.split('').map((digit) => `w_${digit}*/*`)]

/** The default number of days for which a variant is stored. After that it is rendered again when it is requested. */
export const VARIANT_DAYS = 90

/** The number of days for which a replaced or deleted original can be restored. */
const RESTORE_DAYS = 30

/** An existing bucket of the same account. Its policy, lifecycle rules and notifications are not changed. */
export interface ExistingBucket {
  readonly bucketName: string
  readonly region: string
}

export interface OriginalsBucketProps {
  /** The number of days for which a variant is stored: a whole number of at least 1. Default {@link VARIANT_DAYS}. */
  readonly variantDays?: number
  /**
   * ARNs of roles or users that can write variants in addition to origin-response, for `ridge warm`; `*` matches any
   * characters. Default: none.
   */
  readonly variantWriters?: readonly string[]
}

/**
 * A private bucket for originals and variants. It is retained when its stack is deleted, because originals cannot be
 * restored.
 *
 * For a bucket in another region than us-east-1, put it into a stack of its own.
 */
export class OriginalsBucket extends Construct {
  readonly bucket: s3.Bucket
  readonly region: string
  private readonly writers: string[]
  private hasWriters = false

  constructor(scope: Construct, id: string, props: OriginalsBucketProps = {}) {
    super(scope, id)
    const { variantDays = VARIANT_DAYS, variantWriters = [] } = props
    this.writers = [...variantWriters]
    if (!Number.isInteger(variantDays) || variantDays < 1) {
      throw new Error(`variantDays must be a whole number of at least 1; got ${variantDays}`)
    }
    this.region = Stack.of(this).region
    this.bucket = new s3.Bucket(this, 'Bucket', {
      // CloudFormation generates the name, unless a stack in another region has to know it beforehand.
      bucketName: PhysicalName.GENERATE_IF_NEEDED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // An original that has been overwritten or deleted by mistake can be restored. The additional versions of
      // variants are stored for at most a day.
      versioned: true,
      // If the first deployment fails, the bucket is deleted with the stack, because it is still empty.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        {
          id: 'variants',
          tagFilters: VARIANT_TAG,
          expiration: Duration.days(variantDays),
          noncurrentVersionExpiration: Duration.days(1),
        },
        {
          id: 'replaced-originals',
          noncurrentVersionExpiration: Duration.days(RESTORE_DAYS),
          expiredObjectDeleteMarker: true,
        },
        { id: 'broken-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    })
    this.node.addValidation({ validate: () => this.silenced() })
  }

  /** Allows a distribution to read the bucket. */
  allow(distribution: cloudfront.IDistribution): void {
    // A bucket in another stack is created before the distribution, so its policy cannot contain the distribution's ID.
    const isBeside = Stack.of(this) === Stack.of(distribution)
    this.bucket.addToResourcePolicy(readStatement(this.bucket, isBeside ? distribution.distributionId : '*'))
  }

  /**
   * Allows a role to write variants, and denies it to all others who are not listed, because CloudFront serves stored
   * variants for years. `aws:PrincipalArn` is the ARN of a role, not of its session. The condition also holds, and so
   * denies, if the key is missing, as for an unsigned request.
   */
  allowWriter(roleArn: string): void {
    this.writers.push(roleArn)
    if (this.hasWriters) return
    this.hasWriters = true
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'OnlyRidgeWritesVariants',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:PutObject'],
        resources: VARIANT_KEYS.map((keys) => this.bucket.arnForObjects(keys)),
        conditions: { ArnNotLike: { 'aws:PrincipalArn': Lazy.list({ produce: () => this.writers }) } },
      }),
    )
  }

  /** Makes S3 send events to EventBridge, and EventBridge forward them to the region of purge. */
  tellChanges(alarms: Alarms): void {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket
    // The construct's own property would use a function of the CDK.
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    if (this.region === HOME || this.node.tryFindChild('Changes')) return
    new ForwardedChanges(this, 'Changes', this.bucket.bucketName, alarms)
  }

  /**
   * Notifications that are added to the bucket through the CDK are set by a function of the CDK, which replaces
   * existing ones.
   */
  private silenced(): string[] {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket
    const added = this.bucket.node.tryFindChild('Notifications')?.node.tryFindChild('Resource') as
      | CfnResource
      | undefined
    if (!resource.notificationConfiguration || !added) return []
    const told = rendered(added).NotificationConfiguration as object
    if ('EventBridgeConfiguration' in told) return []
    return ['purge: on a bucket with notifications of your own, also call bucket.enableEventBridgeNotification()']
  }
}

/**
 * Makes changes arrive in the region of purge, which is that of the stack of `scope`. For an existing bucket,
 * EventBridge must be enabled by hand.
 */
export function tellChanges(scope: Construct, originals: OriginalsBucket | ExistingBucket, alarms: Alarms): void {
  if (originals instanceof OriginalsBucket) originals.tellChanges(alarms)
  else if (originals.region !== HOME) forwardChanges(scope, originals.bucketName, originals.region, alarms)
}

/**
 * Returns the statements that the bucket's policy needs, so that CloudFront can read the bucket.
 *
 * The permission to list makes S3 answer 404 for a missing key, and 403 only for real failures. Clients can never see
 * the listing: both functions refuse the path `/`, and query strings never reach S3.
 */
export function readStatement(bucket: s3.IBucket, distributionId: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'CloudFrontReads',
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    actions: ['s3:GetObject', 's3:ListBucket'],
    resources: [bucket.bucketArn, bucket.arnForObjects('*')],
    conditions: {
      [distributionId === '*' ? 'ArnLike' : 'StringEquals']: {
        'AWS:SourceArn': `arn:${Aws.PARTITION}:cloudfront::${Aws.ACCOUNT_ID}:distribution/${distributionId}`,
      },
    },
  })
}

/**
 * Returns the condition that a bucket belongs to this account. A deleted bucket's name can have been taken by another
 * account.
 */
export function ownAccount(scope: Construct): Record<string, Record<string, string>> {
  return { StringEquals: { 'aws:ResourceAccount': Stack.of(scope).account } }
}

/** Returns a bucket as the stack of `scope` sees it, with its region. */
export function seenFrom(
  scope: Construct,
  originals: OriginalsBucket | ExistingBucket,
): { bucket: s3.IBucket; region: string } {
  const { region } = originals
  if (Token.isUnresolved(region)) {
    throw new Error("originals: the bucket's stack needs a region, such as env: { region: 'eu-central-1' }")
  }
  if (originals instanceof OriginalsBucket) {
    const { bucket } = originals
    const [here, there] = [Stack.of(scope), Stack.of(bucket)]
    if (here === there) return { bucket, region }
    if (here.account !== there.account) {
      throw new Error(`originals: both stacks must have the same env.account; got ${there.account} and ${here.account}`)
    }
    if (here.region !== there.region && Token.isUnresolved(there.account)) {
      throw new Error(
        'originals: the name of a bucket in another region contains the account; set env.account of both stacks ' +
          '(the app reads it from your credentials, or from CDK_DEFAULT_ACCOUNT)',
      )
    }
    here.addStackDependency(there)
    return { bucket: byName(scope, { bucketName: bucket.bucketName, region }), region }
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(originals.bucketName)) {
    throw new Error(`originals: ${JSON.stringify(originals.bucketName)} is not the name of an S3 bucket`)
  }
  return { bucket: byName(scope, originals), region }
}

function byName(scope: Construct, { bucketName, region }: ExistingBucket): s3.IBucket {
  return s3.Bucket.fromBucketAttributes(scope, 'Bucket', { bucketName, region })
}
