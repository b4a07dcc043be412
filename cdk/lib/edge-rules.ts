// What Lambda@Edge refuses. CloudFormation and CDK take it, and CloudFront says no in the middle of a deployment.
//
// From "Restrictions on Lambda@Edge" and "Quotas" in the CloudFront developer guide.
import { type CfnResource, Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Where Lambda@Edge functions are made, and where CloudFront's certificates and metrics are. */
export const HOME = 'us-east-1'

/** When a function runs. */
export type EdgeEvent = 'viewer-request' | 'origin-response'

/**
 * The most that a function may take. For viewer-request the guide's older figures are the smaller ones, and hold.
 */
export const QUOTAS: Readonly<Record<EdgeEvent, { memoryMb: number; seconds: number; zipBytes: number }>> = {
  'viewer-request': { memoryMb: 128, seconds: 5, zipBytes: 1_000_000 },
  'origin-response': { memoryMb: 10_240, seconds: 30, zipBytes: 50_000_000 },
}

interface Properties {
  readonly [name: string]: unknown
}

interface Rule {
  readonly property: string
  /** Whether a value of the property, as CloudFormation would get it, is refused. Only asked where it is set. */
  readonly refuses: (value: unknown, event: EdgeEvent) => boolean
  readonly instead: (event: EdgeEvent) => string
}

const always = () => true

const FUNCTION_RULES: readonly Rule[] = [
  {
    property: 'Runtime',
    refuses: (value) => !/^(nodejs|python)/.test(String(value)),
    instead: () => 'only Node.js and Python run at the edge; write lambda.Runtime.NODEJS_24_X',
  },
  {
    property: 'Architectures',
    refuses: (value) => JSON.stringify(value) !== '["x86_64"]',
    instead: () => 'write lambda.Architecture.X86_64, and package binaries for it',
  },
  {
    property: 'Timeout',
    refuses: (value, event) => Number(value) > QUOTAS[event].seconds,
    instead: (event) => `write ${QUOTAS[event].seconds} seconds or less`,
  },
  {
    property: 'MemorySize',
    refuses: (value, event) => Number(value) > QUOTAS[event].memoryMb,
    instead: (event) => `write ${QUOTAS[event].memoryMb} MB or less`,
  },
  {
    property: 'EphemeralStorage',
    refuses: (value) => Number((value as Properties).Size) > 512,
    instead: () => '/tmp has 512 MB at the edge; leave ephemeralStorageSize out',
  },
  {
    property: 'Environment',
    refuses: always,
    instead: () => 'there are no environment variables at the edge; put settings into ridge.json and package again',
  },
  {
    property: 'TracingConfig',
    refuses: (value) => (value as Properties).Mode !== 'PassThrough',
    instead: () => "there is no X-Ray at the edge; leave tracing out and read the function's log",
  },
  { property: 'VpcConfig', refuses: always, instead: () => 'there is no VPC at the edge; leave vpc out' },
  {
    property: 'Layers',
    refuses: always,
    instead: () => 'there are no layers at the edge; put the files into the package',
  },
  {
    property: 'DeadLetterConfig',
    refuses: always,
    instead: () => 'CloudFront waits for the answer, so there is no dead-letter queue; leave it out',
  },
  {
    property: 'FileSystemConfigs',
    refuses: always,
    instead: () => 'there is no file system to mount at the edge; use the bucket',
  },
  {
    property: 'PackageType',
    refuses: (value) => value === 'Image',
    instead: () => 'there are no container images at the edge; write lambda.Code.fromAsset with a zip',
  },
  {
    property: 'KmsKeyArn',
    refuses: always,
    instead: () => 'customer keys are not replicated; leave environmentEncryption out',
  },
  {
    property: 'RuntimeManagementConfig',
    refuses: (value) => (value as Properties).UpdateRuntimeOn !== 'Auto',
    instead: () => 'write lambda.RuntimeManagementMode.AUTO',
  },
  { property: 'SnapStart', refuses: always, instead: () => 'there is no SnapStart at the edge; leave it out' },
]

const VERSION_RULES: readonly Rule[] = [
  {
    property: 'ProvisionedConcurrencyConfig',
    refuses: always,
    instead: () => 'there is no provisioned concurrency at the edge; leave provisionedConcurrentExecutions out',
  },
]

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  'AWS::Lambda::Function': FUNCTION_RULES,
  'AWS::Lambda::Version': VERSION_RULES,
}

/** Checks the resources in `scope` at synth, after every override and aspect, and stops it where a rule is broken. */
export function obeyEdgeRules(scope: IConstruct, event: EdgeEvent): void {
  scope.node.addValidation({
    validate: () =>
      scope.node.findAll().flatMap((node) => ('cfnOptions' in node ? broken(node as CfnResource, event) : [])),
  })
}

function broken(resource: CfnResource, event: EdgeEvent): string[] {
  const properties = rendered(resource)
  const rules = RULES[resource.cfnResourceType] ?? []
  const hits = rules.filter(
    ({ property, refuses }) => properties[property] !== undefined && refuses(properties[property], event),
  )
  return hits.map(({ property, instead }) => {
    const value = JSON.stringify(properties[property])
    return `Lambda@Edge refuses ${property} ${value} for ${event}: ${instead(event)}`
  })
}

/** The properties as the template gets them, escape hatches included. */
export function rendered(resource: CfnResource): Properties {
  // Public, but left out of the declarations.
  const { _toCloudFormation: render } = resource as unknown as { _toCloudFormation: () => unknown }
  const fragment: { Resources: Record<string, { Properties?: Properties }> } = Stack.of(resource).resolve(
    render.call(resource),
  )
  return Object.values(fragment.Resources)[0]?.Properties ?? {}
}
