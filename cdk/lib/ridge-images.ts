// The whole of Ridge in one construct.
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
  /** Where the originals are. Default: a new {@link OriginalsBucket} in this stack. */
  readonly originals?: OriginalsBucket | ExistingBucket
  /** The path of ridge.json, which must be the one in the packages. Default: the repository's. */
  readonly config?: string
  /** The path of the keys of signatures, which must be the ones in the packages. Default: none. */
  readonly keys?: string
  /** The folder with viewer-request.zip, origin-response.zip and purge.zip. Default: the repository's dist/. */
  readonly packages?: string
  /** Names of your own, such as `images.example.com`; they need a `certificate`. Default: CloudFront's name. */
  readonly domainNames?: string[]
  /** A certificate for `domainNames`, in us-east-1. */
  readonly certificate?: acm.ICertificate
  /** In how much of the world CloudFront answers. Default: North America and Europe. */
  readonly priceClass?: cloudfront.PriceClass
  /** Default: on, in the bucket's region or the nearest one that has Origin Shield. */
  readonly originShield?: Shield
  /**
   * Whether CloudFront forgets an original that was replaced or deleted, and all its variants: `true` for these alone,
   * by cache tag; `'paths'` for all variants of all originals each time, where CloudFront has no cache tags; `false` for
   * not at all. An {@link ExistingBucket} needs EventBridge switched on, by a command that an output says, and in another
   * region gets a stack there that passes its events on. Default: true.
   */
  readonly purge?: PurgeMode
  /** How long the functions' logs are kept. Default: a month. */
  readonly logRetention?: logs.RetentionDays
  /**
   * Alarms on failures, and the topic or the e-mail address that they are sent to. A topic with a policy in this app is
   * told to take them; the policy of an imported topic must do so by itself. For a bucket in another region there is an
   * alarm there too, which goes to an e-mail address, but to no topic of us-east-1. Default: alarms that are sent
   * nowhere.
   */
  readonly alarms?: Alarms
  /** What CloudFront speaks with viewers. Default: HTTP/2 and HTTP/3. */
  readonly httpVersion?: cloudfront.HttpVersion
  /** Cache hit rate and origin latency, which CloudWatch charges for. Default: no. */
  readonly additionalMetrics?: boolean
}

/** Names that the stack may give its outputs. */
export interface Outputs {
  readonly domain: CfnOutput
  readonly example: CfnOutput
  readonly bucket: CfnOutput
  /** The command that deletes the functions, hours after the stack is deleted. */
  readonly cleanUp: CfnOutput
  /** Only for an {@link ExistingBucket}: the statement that its policy needs. */
  readonly bucketPolicy?: CfnOutput
  /** Only for an {@link ExistingBucket} with purge: the command that has S3 tell of changes. */
  readonly bucketEvents?: CfnOutput
}

/**
 * Bucket, functions and distribution. Must be in a stack in us-east-1, where Lambda@Edge functions are made; the bucket
 * may be anywhere.
 */
export class RidgeImages extends Construct {
  readonly bucket: s3.IBucket
  readonly distribution: cloudfront.Distribution
  readonly viewerRequest: RidgeFunction
  readonly originResponse: RidgeFunction
  /** `undefined` where it is switched off. */
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
    // Such a bucket's stack is deployed first, and its policy names the role.
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

  /** The ARN of origin-response's role. In another stack's template it is text, since a reference would go in a circle. */
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
    const domain = output('Domain', this.distribution.distributionDomainName, "CloudFront's name; point your own at it")
    const example = output('Example', `https://${name}/photos/cat.jpg?w=400`, 'With an original photos/cat.jpg')
    const bucket = output('BucketName', this.bucket.bucketName, 'Where originals go')
    const functions = [this.viewerRequest, this.originResponse].map(({ functionName }) => functionName)
    const why = 'Run this some hours after the stack is deleted: CloudFront lets go of the functions in its own time'
    const cleanUp = output('CleanUp', deleteCommand(functions), why)
    const always = { domain, example, bucket, cleanUp }
    if (originals instanceof OriginalsBucket) return always
    const statement = readStatement(this.bucket, this.distribution.distributionId).toStatementJson()
    const text = Stack.of(this).toJsonString(statement)
    const bucketPolicy = output('BucketPolicy', text, "Add this to the bucket's policy")
    if (!this.purge) return { ...always, bucketPolicy }
    const command = switchOnCommand(originals.bucketName, originals.region)
    const told = `purge: S3 must tell EventBridge of changes in ${originals.bucketName}, which this app does not touch.`
    Annotations.of(this).addInfo(`${told} Once: ${command}`)
    const bucketEvents = output('BucketEvents', command, 'Run this once, so that S3 tells of originals that change')
    return { ...always, bucketPolicy, bucketEvents }
  }
}

function checkRegion(scope: Construct): void {
  const { region } = Stack.of(scope)
  if (region !== HOME) {
    const found = Stack.of(scope).resolve(region) === region ? region : 'no region'
    throw new Error(
      `RidgeImages: its stack has ${found}, and Lambda@Edge functions are made in ${HOME} only; write ` +
        `new Stack(app, 'Images', { env: { region: '${HOME}' } }), and for a bucket elsewhere give originals an ` +
        'OriginalsBucket of another stack, or the name and region of a bucket that is there',
    )
  }
}

function purgeMode({ purge = true }: RidgeImagesProps): PurgeMode {
  if (typeof purge === 'boolean' || purge === 'paths') return purge
  throw new Error(`purge: ${JSON.stringify(purge)} is not right; it takes true, false or 'paths'`)
}

function checkDomain({ domainNames, certificate }: RidgeImagesProps): void {
  if (domainNames && !domainNames.length) throw new Error('domainNames: leave it out, or name at least one')
  if (domainNames && !certificate) {
    throw new Error(`domainNames: ${domainNames.join(', ')} needs a certificate, made by ACM in us-east-1`)
  }
  if (certificate && !domainNames) throw new Error('certificate: say in domainNames which names it is for')
}
