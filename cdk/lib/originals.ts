// The bucket of the originals, where the variants are stored too.
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
 * The keys under which variants are stored, as patterns of a policy's resources. A policy cannot say "digits up to the
 * slash", so `w_2x/cat.jpg` is among them; `w_2024.jpg` is not.
 */
export const VARIANT_KEYS: readonly string[] = ['w_auto/*', ...'123456789'.split('').map((digit) => `w_${digit}*/*`)]

/** Days that a variant is stored, unless told otherwise. One that is asked for after that is made again. */
export const VARIANT_DAYS = 90

/** Days that an original can be brought back after it was replaced or deleted. */
const RESTORE_DAYS = 30

/** A bucket that is there already, of the same account. Neither its policy, lifecycle nor notifications are touched. */
export interface ExistingBucket {
  readonly bucketName: string
  readonly region: string
}

export interface OriginalsBucketProps {
  /** Days that a variant is stored; a whole number of at least 1. Default {@link VARIANT_DAYS}. */
  readonly variantDays?: number
  /**
   * ARNs of roles or users that may write variants beside origin-response, for `ridge warm`; `*` stands for any
   * characters. Default: none.
   */
  readonly variantWriters?: readonly string[]
}

/**
 * A private bucket for originals and variants. It outlives its stack: originals cannot be made again.
 *
 * Put it into a stack of its own to have it in another region than us-east-1.
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
      throw new Error(`variantDays: ${variantDays} is not a whole number of at least 1`)
    }
    this.region = Stack.of(this).region
    this.bucket = new s3.Bucket(this, 'Bucket', {
      // CloudFormation names it, unless a stack in another region has to know the name beforehand.
      bucketName: PhysicalName.GENERATE_IF_NEEDED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // An original that is overwritten or deleted by mistake can be brought back. Variants are paid for twice at most
      // for a day.
      versioned: true,
      // A deployment that fails at its first try takes it along; nothing is in it yet.
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

  /** Lets a distribution read. */
  allow(distribution: cloudfront.IDistribution): void {
    // A bucket in another stack is there before the distribution, whose number it can therefore not name.
    const isBeside = Stack.of(this) === Stack.of(distribution)
    this.bucket.addToResourcePolicy(readStatement(this.bucket, isBeside ? distribution.distributionId : '*'))
  }

  /**
   * Lets a role write variants, and nobody else who has not been let: what is stored there, CloudFront gives out for
   * years. `aws:PrincipalArn` is the ARN of a role, not of its session. Where there is no such key, as for a request
   * that nobody signed, the condition holds and the request is denied.
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

  /** Has S3 tell EventBridge of what changes, and EventBridge pass it on to purge's region. */
  tellChanges(alarms: Alarms): void {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket
    // The construct's own property has a function of CDK's do it.
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    if (this.region === HOME || this.node.tryFindChild('Changes')) return
    new ForwardedChanges(this, 'Changes', this.bucket.bucketName, alarms)
  }

  /** Notifications that somebody adds to the bucket are set by a function of CDK's, in place of those that are there. */
  private silenced(): string[] {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket
    const added = this.bucket.node.tryFindChild('Notifications')?.node.tryFindChild('Resource') as
      | CfnResource
      | undefined
    if (!resource.notificationConfiguration || !added) return []
    const told = rendered(added).NotificationConfiguration as object
    if ('EventBridgeConfiguration' in told) return []
    return ['purge: to a bucket with notifications of your own, say bucket.enableEventBridgeNotification() too']
  }
}

/**
 * Has what changes come to purge's region, that of the stack of `scope`. For a bucket that is there already, somebody
 * must switch EventBridge on.
 */
export function tellChanges(scope: Construct, originals: OriginalsBucket | ExistingBucket, alarms: Alarms): void {
  if (originals instanceof OriginalsBucket) originals.tellChanges(alarms)
  else if (originals.region !== HOME) forwardChanges(scope, originals.bucketName, originals.region, alarms)
}

/**
 * What the bucket's policy must say, so that CloudFront can read.
 *
 * The permission to list makes S3 answer 404 for a missing key, and 403 only where something is wrong. It shows nothing
 * to anyone: both functions refuse the path `/`, and query strings never reach S3.
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

/** The condition that a bucket is this account's: a name that was deleted may be somebody else's bucket by now. */
export function ownAccount(scope: Construct): Record<string, Record<string, string>> {
  return { StringEquals: { 'aws:ResourceAccount': Stack.of(scope).account } }
}

/** A bucket as the stack of `scope` sees it, with its region. */
export function seenFrom(
  scope: Construct,
  originals: OriginalsBucket | ExistingBucket,
): { bucket: s3.IBucket; region: string } {
  const { region } = originals
  if (Token.isUnresolved(region)) {
    throw new Error("originals: give the bucket's stack a region: env: { region: 'eu-central-1' }")
  }
  if (originals instanceof OriginalsBucket) {
    const { bucket } = originals
    const [here, there] = [Stack.of(scope), Stack.of(bucket)]
    if (here === there) return { bucket, region }
    if (here.account !== there.account) {
      throw new Error(`originals: give both stacks one env.account, not ${there.account} and ${here.account}`)
    }
    if (here.region !== there.region && Token.isUnresolved(there.account)) {
      throw new Error(
        'originals: a bucket in another region is named at synth, after its account; set env.account of both stacks ' +
          '(the app takes it from your credentials, or from CDK_DEFAULT_ACCOUNT)',
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
