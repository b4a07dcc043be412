// The app's stacks: one, or two if the bucket is in another region.
import { type App, type Environment, Stack } from 'aws-cdk-lib'
import * as acm from 'aws-cdk-lib/aws-certificatemanager'
import type { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { HOME } from './edge-rules.ts'
import { type ExistingBucket, OriginalsBucket, type OriginalsBucketProps } from './originals.ts'
import { RidgeImages } from './ridge-images.ts'
import { readSettings, type Settings } from './settings.ts'

/** Creates the stacks for the settings. `account` is known if there are credentials. */
export function makeStacks(
  app: App,
  account: string | undefined,
  settings: Settings = readSettings(app.node.getAllContext()),
): RidgeStack {
  const { name, bucketName, bucketRegion, variantDays, variantWriters } = settings
  const env = (region: string): Environment => (account ? { account, region } : { region })
  if (bucketName) {
    if (!bucketRegion) throw new Error(`bucketRegion: set the region of the bucket ${bucketName}`)
    if (variantDays) {
      throw new Error(
        `variantDays: the lifecycle rules of ${bucketName} are not changed; cdk/README.md has the rule to add`,
      )
    }
    if (variantWriters) throw new Error(`variantWriters: the policy of ${bucketName} is not changed; leave it out`)
    return new RidgeStack(app, name, settings, env(HOME), { bucketName, region: bucketRegion })
  }
  if (!bucketRegion || bucketRegion === HOME) return new RidgeStack(app, name, settings, env(HOME))
  const { originals } = new OriginalsStack(app, `${name}Originals`, propsOf(settings), env(bucketRegion))
  return new RidgeStack(app, name, settings, env(HOME), originals)
}

/** The bucket, if it is in another region than the rest. */
export class OriginalsStack extends Stack {
  readonly originals: OriginalsBucket

  constructor(scope: Construct, id: string, props: OriginalsBucketProps, env: Environment) {
    super(scope, id, { env, description: 'Ridge: the bucket for originals' })
    this.originals = new OriginalsBucket(this, 'Originals', props)
  }
}

/** Everything, or everything except the bucket. */
export class RidgeStack extends Stack {
  readonly images: RidgeImages

  constructor(
    scope: Construct,
    id: string,
    settings: Settings,
    env: Environment,
    originals?: OriginalsBucket | ExistingBucket,
  ) {
    super(scope, id, { env, description: 'Ridge: on-the-fly image resizing' })
    const { config, keys, packages, domainNames, certificateArn } = settings
    const { priceClass, originShield, purge, additionalMetrics, httpVersion } = settings
    this.images = new RidgeImages(this, 'Images', {
      originals: originals ?? new OriginalsBucket(this, 'Originals', propsOf(settings)),
      config,
      packages,
      ...(keys ? { keys } : {}),
      ...(domainNames ? { domainNames } : {}),
      ...(certificateArn
        ? { certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn) }
        : {}),
      priceClass,
      originShield,
      purge,
      logRetention: settings.logDays,
      alarms: alarmsOf(settings),
      httpVersion,
      additionalMetrics,
    })
    // The stack contains one RidgeImages, so its outputs can have short names.
    const { domain, example, bucket, cleanUp, bucketPolicy, bucketEvents } = this.images.outputs
    domain.overrideLogicalId('Domain')
    example.overrideLogicalId('Example')
    bucket.overrideLogicalId('Bucket')
    cleanUp.overrideLogicalId('CleanUp')
    bucketPolicy?.overrideLogicalId('BucketPolicy')
    bucketEvents?.overrideLogicalId('BucketEvents')
  }
}

function alarmsOf({ alarms, alarmEmail }: Settings): Alarms {
  if (!alarmEmail) return alarms
  if (!alarms) throw new Error('alarmEmail requires alarms; leave alarms=false out')
  return { email: alarmEmail }
}

function propsOf({ variantDays, variantWriters }: Settings): OriginalsBucketProps {
  return { ...(variantDays ? { variantDays } : {}), ...(variantWriters ? { variantWriters } : {}) }
}
