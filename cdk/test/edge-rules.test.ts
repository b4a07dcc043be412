// Properties that Lambda@Edge refuses stop synth, however they were set.
import assert from 'node:assert/strict'
import test from 'node:test'
import { App, Aspects, type CfnResource, Stack } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { RidgeImages } from '../lib/ridge-images.ts'
import { imagesWith, PACKAGES } from './app.ts'

/** Synthesises with one property of a function's resource set by an escape hatch. */
function synth(event: 'viewerRequest' | 'originResponse', property: string, value: unknown): void {
  const { stack, images } = imagesWith()
  const resource = images[event].node.defaultChild as CfnResource
  resource.addPropertyOverride(property, value)
  stack.node.root.node.validate()
  const errors = images[event].node.validate()
  if (errors.length) throw new Error(errors.join('\n'))
}

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'Runtime',
    'provided.al2023',
    /only Node\.js and Python are supported at the edge; write lambda\.Runtime\.NODEJS_24_X/,
  ],
  ['Architectures', ['arm64'], /write lambda\.Architecture\.X86_64/],
  ['Timeout', 31, /Timeout 31 for origin-response: write 30 seconds or less/],
  ['MemorySize', 10_241, /write 10240 MB or less/],
  ['EphemeralStorage', { Size: 1024 }, /\/tmp has 512 MB at the edge/],
  ['Environment', { Variables: { A: 'b' } }, /put settings into ridge\.json/],
  ['TracingConfig', { Mode: 'Active' }, /X-Ray is not supported at the edge/],
  ['VpcConfig', { SubnetIds: ['subnet-1'] }, /VPCs are not supported at the edge/],
  ['Layers', ['arn:aws:lambda:us-east-1:123456789012:layer:a:1'], /put the files into the package/],
  [
    'DeadLetterConfig',
    { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:q' },
    /dead-letter queues are not supported at the edge/,
  ],
  ['FileSystemConfigs', [{ Arn: 'arn', LocalMountPath: '/mnt/a' }], /file systems are not supported at the edge/],
  ['PackageType', 'Image', /container images are not supported at the edge/],
  ['KmsKeyArn', 'arn:aws:kms:us-east-1:123456789012:key/a', /customer managed keys are not replicated/],
  ['RuntimeManagementConfig', { UpdateRuntimeOn: 'Manual' }, /RuntimeManagementMode\.AUTO/],
  ['SnapStart', { ApplyOn: 'PublishedVersions' }, /SnapStart is not supported at the edge/],
]

for (const [property, value, message] of REFUSED) {
  test(`${property} ${JSON.stringify(value)} is refused`, () => {
    assert.throws(() => synth('originResponse', property, value), message)
  })
}

test('viewer-request has its own limits', () => {
  assert.throws(() => synth('viewerRequest', 'Timeout', 6), /Timeout 6 for viewer-request: write 5 seconds or less/)
  assert.throws(
    () => synth('viewerRequest', 'MemorySize', 256),
    /MemorySize 256 for viewer-request: write 128 MB or less/,
  )
})

test('allowed properties pass', () => {
  for (const [property, value] of [
    ['Runtime', 'nodejs22.x'],
    ['Timeout', 30],
    ['MemorySize', 3008],
    ['EphemeralStorage', { Size: 512 }],
    ['TracingConfig', { Mode: 'PassThrough' }],
    ['RuntimeManagementConfig', { UpdateRuntimeOn: 'Auto' }],
  ] as const) {
    synth('originResponse', property, value)
  }
})

test('provisioned concurrency is refused', () => {
  const { images } = imagesWith()
  const version = images.originResponse.currentVersion.node.defaultChild as lambda.CfnVersion
  version.provisionedConcurrencyConfig = { provisionedConcurrentExecutions: 1 }
  assert.match(images.originResponse.node.validate().join(), /provisioned concurrency is not supported at the edge/)
})

test('aspects of the app are checked too, and synth itself stops', () => {
  const { stack } = imagesWith()
  Aspects.of(stack).add({
    visit: (node) => {
      if (node instanceof lambda.CfnFunction) node.tracingConfig = { mode: 'Active' }
    },
  })
  const app = stack.node.root as App
  assert.throws(
    () => app.synth(),
    (error: Error) => {
      assert.match(
        error.message,
        /\[Own\/Images\/ViewerRequest\] Lambda@Edge refuses TracingConfig \{"Mode":"Active"\}/,
      )
      assert.match(error.message, /\[Own\/Images\/OriginResponse\] Lambda@Edge refuses TracingConfig/)
      return true
    },
  )
})

test('the construct must be in us-east-1', () => {
  const stack = new Stack(new App(), 'Anywhere')
  assert.throws(
    () => new RidgeImages(stack, 'Images', { packages: PACKAGES }),
    /the stack has no region, but Lambda@Edge/,
  )
  assert.throws(
    () => imagesWith({}, 'eu-west-1'),
    /the stack has eu-west-1.*write new Stack\(app, 'Images', \{ env: \{ region: 'us-east-1' \} \}\)/,
  )
})
