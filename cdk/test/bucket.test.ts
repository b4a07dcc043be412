import assert from 'node:assert/strict'
import test from 'node:test'
import { Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { OriginalsBucket } from '../lib/originals.ts'
import { RidgeImages } from '../lib/ridge-images.ts'
import { ACCOUNT, appWith, imagesWith, newApp, PACKAGES, templateWith, VARIANT_KEYS } from './app.ts'

const BUCKET = 'AWS::S3::Bucket'

test('the bucket is private, encrypted, versioned, and outlives its stack', () => {
  const template = templateWith()
  template.resourceCountIs(BUCKET, 1)
  template.hasResource(BUCKET, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: Match.absent(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
    },
  })
})

test('variants expire by their tag; noncurrent versions and incomplete uploads expire too', () => {
  templateWith({ variantDays: '7' }).hasResourceProperties(BUCKET, {
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'variants',
          Status: 'Enabled',
          TagFilters: [{ Key: 'ridge', Value: 'variant' }],
          ExpirationInDays: 7,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          Id: 'replaced-originals',
          Status: 'Enabled',
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          ExpiredObjectDeleteMarker: true,
        },
        { Id: 'broken-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      ],
    },
  })
})

interface Statement {
  readonly Sid?: string
  readonly Effect: string
  readonly Action: string | string[]
  readonly Condition?: unknown
  readonly Principal: unknown
  readonly Resource: unknown
}

function policy(template: Template): Statement[] {
  const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'))
  assert.equal(policies.length, 1)
  return policies[0]?.Properties.PolicyDocument.Statement
}

/** Returns who can write variants into a bucket of Ridge, from the only Deny statement of a template. */
function writers(template: Template) {
  const denied = policy(template).filter(({ Sid }) => Sid === 'OnlyRidgeWritesVariants')
  assert.equal(denied.length, 1)
  const { Effect, Action, Principal, Condition, Resource } = denied[0] as Statement
  assert.deepEqual([Effect, Action, Principal], ['Deny', 's3:PutObject', { AWS: '*' }])
  const keys = (Resource as unknown[]).map((one) => JSON.stringify(one).replace(/^.*"\/(.*\*)".*$/, '$1'))
  assert.deepEqual(keys, VARIANT_KEYS)
  const { ArnNotLike, ...more } = Condition as { ArnNotLike: Record<string, unknown[]> }
  assert.deepEqual([Object.keys(ArnNotLike), more], [['aws:PrincipalArn'], {}])
  return ArnNotLike['aws:PrincipalArn'] ?? []
}

const ROLE = 'AWS::IAM::Role'

test('only the role of origin-response and listed principals can write variants', () => {
  const arn = (template: Template) => {
    const [role] = Object.keys(template.findResources(ROLE)).filter((id) => id.startsWith('ImagesOriginResponseRole'))
    return { 'Fn::GetAtt': [role, 'Arn'] }
  }
  assert.deepEqual(writers(templateWith()), [arn(templateWith())])
  const [one, other] = ['arn:aws:iam::123456789012:role/Warm', 'arn:aws:iam::123456789012:user/ops/me']
  const named = templateWith({ variantWriters: `${one},${other}` })
  assert.deepEqual(writers(named), [one, other, arn(named)])
  assert.throws(
    () => templateWith({ variantWriters: 'me' }),
    /variantWriters must be comma-separated ARNs of roles or users; got "me"/,
  )
  const there = { bucketName: 'pictures', bucketRegion: 'eu-west-1', variantWriters: one }
  assert.throws(() => templateWith(there), /variantWriters: the policy of pictures is not changed/)
})

test('a bucket in another stack names the role before the role exists', () => {
  const named = (here: Stack) => {
    const roles = Object.values(Template.fromStack(here).findResources(ROLE))
    return roles.map(({ Properties }) => Properties.RoleName).find((name) => /OriginResponse/.test(name))
  }
  const text = (arn: unknown) =>
    typeof arn === 'string' ? arn : (arn as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].at(-1)
  const { stack } = appWith({ bucketRegion: 'eu-west-3' })
  assert.deepEqual(writers(Template.fromStack(stack.dependencies[0] as Stack)), [
    `arn:aws:iam::${ACCOUNT}:role/${named(stack)}`,
  ])
  // Stacks of the same region, and two stacks that share a bucket.
  const app = newApp()
  const env = { region: 'us-east-1' }
  const originals = new OriginalsBucket(new Stack(app, 'There', { env }), 'Originals')
  const both = ['One', 'Other'].map((id) => new Stack(app, id, { env }))
  for (const here of both) new RidgeImages(here, 'Images', { originals, packages: PACKAGES })
  const ends = writers(Template.fromStack(Stack.of(originals))).map(text)
  assert.equal(new Set(ends).size, 2)
  for (const [index, here] of both.entries()) {
    assert.ok(String(ends[index]).endsWith(`role/${named(here)}`), `${ends[index]}`)
  }
  app.synth()
})

test('access requires TLS 1.2, and only this distribution can read', () => {
  const statements = policy(templateWith())
  const denied = statements
    .filter(({ Effect, Action }) => Effect === 'Deny' && Action === 's3:*')
    .map(({ Action, Condition }) => [Action, Condition])
  assert.deepEqual(denied, [
    ['s3:*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['s3:*', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
  ])
  const [allowed, ...more] = statements.filter(({ Effect }) => Effect === 'Allow')
  assert.deepEqual(more, [])
  assert.deepEqual(allowed?.Action, ['s3:GetObject', 's3:ListBucket'])
  assert.deepEqual(allowed?.Principal, { Service: 'cloudfront.amazonaws.com' })
  assert.match(
    JSON.stringify(allowed?.Condition),
    /^\{"StringEquals":\{"AWS:SourceArn":.*:distribution\/",\{"Ref":"ImagesDistribution\w+"\}/,
  )
})

test('a bucket in another region has a stack of its own, which is deployed first', () => {
  const { app, stack } = appWith({ bucketRegion: 'eu-west-3' })
  assert.deepEqual(
    stack.dependencies.map(({ stackName, region }) => [stackName, region]),
    [['RidgeOriginals', 'eu-west-3']],
  )
  const [originals] = stack.dependencies
  assert.ok(originals)
  const there = Template.fromStack(originals)
  const name = Object.values(there.findResources(BUCKET))[0]?.Properties.BucketName
  assert.match(name, /^[a-z0-9-]{3,63}$/)
  // The bucket is created before the distribution, and cannot name it.
  const [allowed] = policy(there).filter(({ Effect }) => Effect === 'Allow')
  assert.match(JSON.stringify(allowed?.Condition), /^\{"ArnLike":.*\{"Ref":"AWS::AccountId"\},":distribution\/\*"/)
  const here = Template.fromStack(stack)
  here.resourceCountIs(BUCKET, 0)
  const [distribution] = Object.values(here.findResources('AWS::CloudFront::Distribution'))
  const [origin] = distribution?.Properties.DistributionConfig.Origins ?? []
  // origin-response reads bucket and region from this name.
  assert.equal(origin.DomainName, `${name}.s3.eu-west-3.amazonaws.com`)
  assert.deepEqual(origin.OriginShield, { Enabled: true, OriginShieldRegion: 'eu-west-2' })
  assert.ok(app.synth())
})

test('a bucket can be in another stack of the same region', () => {
  const app = newApp()
  const env = { region: 'us-east-1' }
  const there = new Stack(app, 'There', { env })
  const here = new Stack(app, 'Here', { env })
  const originals = new OriginalsBucket(there, 'Originals')
  new RidgeImages(here, 'Images', { originals, packages: PACKAGES })
  app.synth()
  assert.deepEqual(here.dependencies, [there])
  Template.fromStack(here).resourceCountIs(BUCKET, 0)
  assert.equal(policy(Template.fromStack(there)).filter(({ Effect }) => Effect === 'Allow').length, 1)
})

test('a bucket must be in the same account', () => {
  const { stack } = imagesWith()
  const env = { account: '210987654321', region: 'us-east-1' }
  const originals = new OriginalsBucket(new Stack(newApp(), 'There', { env }), 'Originals')
  const images = () => new RidgeImages(stack, 'More', { originals, packages: PACKAGES })
  assert.throws(images, /both stacks must have the same env\.account; got 210987654321 and 123456789012/)
})

test('a bucket needs a region that is known at synth', () => {
  const { stack } = imagesWith()
  const anywhere = new OriginalsBucket(new Stack(newApp(), 'Anywhere'), 'Originals')
  assert.throws(
    () => new RidgeImages(stack, 'More', { originals: anywhere, packages: PACKAGES }),
    /originals: the bucket's stack needs a region, such as env: \{ region: 'eu-central-1' \}/,
  )
})

test('a bucket in another region needs an account', () => {
  assert.throws(() => appWith({ bucketRegion: 'eu-west-3' }, ''), /env\.account of both stacks/)
})

test('an existing bucket is not changed; an output has the statements that its policy needs', () => {
  const template = templateWith({ bucketName: 'pictures', bucketRegion: 'eu-central-1' })
  template.resourceCountIs(BUCKET, 0)
  template.resourceCountIs('AWS::S3::BucketPolicy', 0)
  const [parts] = template.findOutputs('BucketPolicy').BucketPolicy?.Value['Fn::Join'].slice(1) ?? []
  const text = parts.map((part: unknown) => (typeof part === 'string' ? part : 'TOKEN')).join('')
  assert.deepEqual(JSON.parse(text), {
    Sid: 'CloudFrontReads',
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: ['arn:aws:s3:::pictures', 'arn:aws:s3:::pictures/*'],
    Condition: { StringEquals: { 'AWS:SourceArn': 'arn:TOKEN:cloudfront::TOKEN:distribution/TOKEN' } },
  })
  assert.deepEqual(templateWith().findOutputs('BucketPolicy'), {})
})

test('invalid buckets are refused with the accepted values', () => {
  const existing = (bucketName: string, region = 'us-east-1') => imagesWith({ originals: { bucketName, region } })
  assert.throws(() => existing('My Pictures'), /originals: "My Pictures" is not the name of an S3 bucket/)
  const { stack } = imagesWith()
  for (const variantDays of [0, -1, 1.5]) {
    assert.throws(
      () => new OriginalsBucket(stack, `B${variantDays}`, { variantDays }),
      /must be a whole number of at least 1/,
    )
  }
  assert.throws(
    () => appWith({ bucketName: 'pictures', bucketRegion: 'eu-west-1', variantDays: '7' }),
    /variantDays: the lifecycle rules of pictures are not changed/,
  )
})
