// All of Ridge in one construct.
import { resolve } from 'node:path'
import { Annotations, CfnOutput, Stack } from 'aws-cdk-lib'
import type * as acm from 'aws-cdk-lib/aws-certificatemanager'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { switchOnCommand } from './changes.ts'
import { DEFAULT_CONFIG, DEFAULT_PACKAGES, readConfig } from './config.ts'
import { RidgeDistribution } from './distribution.ts'
import { HOME } from './edge-rules.ts'
import { deleteCommand, RidgeFunction, roleName } from './functions.ts'
import { FunctionLog } from './logs.ts'
import { Monitoring } from './monitoring.ts'
import { type ExistingBucket, OriginalsBucket, readStatement, seenFrom, tellChanges } from './originals.ts'
import { packageFile } from './packages.ts'
import { Purge, type PurgeMode } from './purge.ts'
import { type Shield, shieldRegion } from './shield.ts'

export interface RidgeImagesProps {
  /** The bucket of the originals. Default: a new {@link OriginalsBucket} in this stack. */
  readonly originals?: OriginalsBucket | ExistingBucket
  /** The path of ridge.json, which must equal the one in the packages. Default: the repository's. */
  readonly config?: string
  /** The path of the signing keys, which must equal those in the packages. Default: none. */
  readonly keys?: string
  /** The folder with viewer-request.zip, origin-response.zip and purge.zip. Default: the repository's dist/. */
  readonly packages?: string
  /**
   * Alternate domain names, such as `images.example.com`; they require a `certificate`. Default: CloudFront's domain
   * name.
   */
  readonly domainNames?: string[]
  /** A certificate for `domainNames`, in us-east-1. */
  readonly certificate?: acm.ICertificate
  /** CloudFront's price class. Default: North America and Europe. */
  readonly priceClass?: cloudfront.PriceClass
  /** Origin Shield. Default: in the bucket's region, or the nearest one that has Origin Shield. */
  readonly originShield?: Shield
  /**
   * Whether originals are invalidated in CloudFront after they have been replaced or deleted: `true` invalidates them
   * and their variants by cache tag; `'paths'` invalidates all variants of all originals each time, for a distribution
   * without cache tags; `false` invalidates nothing. For an {@link ExistingBucket}, EventBridge must be enabled with
   * the command in an output; in another region it gets a stack there that forwards its events. Default: true.
   */
  readonly purge?: PurgeMode
  /** The retention of the functions' logs. Default: a month. */
  readonly logRetention?: logs.RetentionDays
  /**
   * Alarms on failures, and the topic or e-mail address that they are sent to. A topic whose policy is in this app is
   * changed to accept them; the policy of an imported topic must do so already. A bucket in another region has an alarm
   * there too, which is sent to an e-mail address but not to a topic in us-east-1. Default: alarms without a target.
   */
  readonly alarms?: Alarms
  /** The HTTP versions that CloudFront offers to viewers. Default: HTTP/2 and HTTP/3. */
  readonly httpVersion?: cloudfront.HttpVersion
  /** Cache hit rate and origin latency, for which CloudWatch charges. Default: no. */
  readonly additionalMetrics?: boolean
}

/** The outputs of the stack. */
export interface Outputs {
  readonly domain: CfnOutput
  readonly example: CfnOutput
  readonly bucket: CfnOutput
  /** The command that deletes the functions, hours after the stack has been deleted. */
  readonly cleanUp: CfnOutput
  /** Only for an {@link ExistingBucket}: the statements that its policy needs. */
  readonly bucketPolicy?: CfnOutput
  /** Only for an {@link ExistingBucket} with purge: the command that makes S3 send events. */
  readonly bucketEvents?: CfnOutput
}

/**
 * Bucket, functions and distribution. The stack must be in us-east-1, where Lambda@Edge functions are created; the
 * bucket can be in any region.
 */
export class RidgeImages extends Construct {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly viewerRequest: RidgeFunction
  readonly originResponse: RidgeFunction
  /** `undefined` if it is switched off. */
  readonly purge: Purge | undefined
  readonly monitoring: Monitoring
  readonly outputs: Outputs

  constructor(scope: Construct, id: string, props: RidgeImagesProps = {}) {
    super(scope, id)
    checkRegion(this)
    checkDomain(props)
    const mode = purgeMode(props)
    const configFile = resolve(props.config ?? DEFAULT_CONFIG)
    const packages = {
      folder: props.packages ?? DEFAULT_PACKAGES,
      config: readConfig(configFile),
      configFile,
      keysFile: props.keys && resolve(props.keys),
    }
    const { logRetention = logs.RetentionDays.ONE_MONTH, alarms = true, additionalMetrics = false } = props

    const originals = props.originals ?? new OriginalsBucket(this, 'Originals')
    const { bucket, region } = seenFrom(this, originals)
    this.bucket = bucket
    // The bucket's stack is deployed first, and its policy contains the role's name.
    const isElsewhere = originals instanceof OriginalsBucket && Stack.of(originals) !== Stack.of(this)
    const shield = shieldRegion(props.originShield ?? true, region)

    this.viewerRequest = new RidgeFunction(this, 'ViewerRequest', {
      event: 'viewer-request',
      package: packageFile(packages, 'viewer-request'),
      logGroup: new FunctionLog(this, 'ViewerRequestLog', logRetention, []).group,
    })
    this.originResponse = new RidgeFunction(this, 'OriginResponse', {
      event: 'origin-response',
      package: packageFile(packages, 'origin-response'),
      logGroup: new FunctionLog(this, 'OriginResponseLog', logRetention, shield ? [shield] : []).group,
      bucket,
      hasNamedRole: isElsewhere,
    })
    const { distribution } = new RidgeDistribution(this, 'Distribution', {
      bucket,
      bucketRegion: region,
      shieldRegion: shield,
      viewerRequest: this.viewerRequest.currentVersion,
      originResponse: this.originResponse.currentVersion,
      domainNames: props.domainNames,
      certificate: props.certificate,
      priceClass: props.priceClass ?? cloudfront.PriceClass.PRICE_CLASS_100,
      httpVersion: props.httpVersion ?? cloudfront.HttpVersion.HTTP2_AND_3,
      additionalMetrics,
    })
    this.distribution = distribution
    if (originals instanceof OriginalsBucket) {
      originals.allow(distribution)
      originals.allowWriter(this.writerArn(isElsewhere))
    }
    if (mode) {
      tellChanges(this, originals, alarms)
      this.purge = new Purge(this, 'Purge', {
        bucket,
        distribution,
        mode,
        package: packageFile(packages, 'purge'),
        logGroup: new FunctionLog(this, 'PurgeLog', logRetention, []).group,
      })
    }
    this.monitoring = new Monitoring(this, 'Monitoring', {
      distribution,
      originResponse: this.originResponse,
      originResponseRegion: shield,
      purge: this.purge,
      additionalMetrics,
      alarms,
    })
    this.outputs = this.makeOutputs(originals, props.domainNames?.[0])
  }

  /**
   * Returns the ARN of origin-response's role. In another stack's template it is text, because a reference would be
   * circular.
   */
  private writerArn(isElsewhere: boolean): string {
    const { role } = this.originResponse
    if (!isElsewhere && role) return role.roleArn
    return Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: roleName(this, 'OriginResponse'),
    })
  }

  private makeOutputs(
    originals: OriginalsBucket | ExistingBucket,
    name = this.distribution.distributionDomainName,
  ): Outputs {
    const output = (id: string, value: string, description: string) => new CfnOutput(this, id, { value, description })
    const domain = output(
      'Domain',
      this.distribution.distributionDomainName,
      "CloudFront's domain name; point your own at it",
    )
    const example = output('Example', `https://${name}/photos/cat.jpg?w=400`, 'A variant of an original photos/cat.jpg')
    const bucket = output('BucketName', this.bucket.bucketName, 'The bucket for originals')
    const functions = [this.viewerRequest, this.originResponse].map(({ functionName }) => functionName)
    const why =
      'Run this some hours after the stack has been deleted, when CloudFront has removed the replicas of the functions'
    const cleanUp = output('CleanUp', deleteCommand(functions), why)
    const always = { domain, example, bucket, cleanUp }
    if (originals instanceof OriginalsBucket) return always
    const statement = readStatement(this.bucket, this.distribution.distributionId).toStatementJson()
    const text = Stack.of(this).toJsonString(statement)
    const bucketPolicy = output('BucketPolicy', text, "Add these statements to the bucket's policy")
    if (!this.purge) return { ...always, bucketPolicy }
    const command = switchOnCommand(originals.bucketName, originals.region)
    const told = `purge: EventBridge must be enabled for the bucket ${originals.bucketName}, which this app does not change.`
    Annotations.of(this).addInfo(`${told} Run once: ${command}`)
    const bucketEvents = output(
      'BucketEvents',
      command,
      'Run this once, so that S3 sends events about changed originals',
    )
    return { ...always, bucketPolicy, bucketEvents }
  }
}

function checkRegion(scope: Construct): void {
  const { region } = Stack.of(scope)
  if (region !== HOME) {
    const found = Stack.of(scope).resolve(region) === region ? region : 'no region'
    throw new Error(
      `RidgeImages: the stack has ${found}, but Lambda@Edge functions must be created in ${HOME}; write ` +
        `new Stack(app, 'Images', { env: { region: '${HOME}' } }). For a bucket in another region, set originals to an ` +
        'OriginalsBucket of another stack, or to the name and region of an existing bucket',
    )
  }
}

function purgeMode({ purge = true }: RidgeImagesProps): PurgeMode {
  if (typeof purge === 'boolean' || purge === 'paths') return purge
  throw new Error(`purge must be true, false or 'paths'; got ${JSON.stringify(purge)}`)
}

function checkDomain({ domainNames, certificate }: RidgeImagesProps): void {
  if (domainNames && !domainNames.length) throw new Error('domainNames: leave it out, or name at least one')
  if (domainNames && !certificate) {
    throw new Error(`domainNames: ${domainNames.join(', ')} requires a certificate of ACM in us-east-1`)
  }
  if (certificate && !domainNames) throw new Error('certificate: list its names in domainNames')
}
