// Properties that Lambda@Edge refuses. CloudFormation and the CDK accept them, and CloudFront refuses them in the
// middle of a deployment.
//
// From "Restrictions on Lambda@Edge" and "Quotas" in the CloudFront developer guide.
import { type CfnResource, Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** The region where Lambda@Edge functions are created, and where CloudFront's certificates and metrics are. */
export const HOME = 'us-east-1'

/** The event on which a function runs. */
export type EdgeEvent = 'viewer-request' | 'origin-response'

/** The maximum values for a function. The guide has two sets of figures for viewer-request; the smaller ones apply. */
export const QUOTAS: Readonly<Record<EdgeEvent, { memoryMb: number; seconds: number; zipBytes: number }>> = {
  'viewer-request': { memoryMb: 128, seconds: 5, zipBytes: 1_000_000 },
  'origin-response': { memoryMb: 10_240, seconds: 30, zipBytes: 50_000_000 },
}

interface Properties {
  readonly [name: string]: unknown
}

interface Rule {
  readonly property: string
  /**
   * Whether a value of the property, as CloudFormation would receive it, is refused. Not called for unset properties.
   */
  readonly refuses: (value: unknown, event: EdgeEvent) => boolean
  readonly instead: (event: EdgeEvent) => string
}

const always = () => true

const FUNCTION_RULES: readonly Rule[] = [
  {
    property: 'Runtime',
    refuses: (value) => !/^(nodejs|python)/.test(String(value)),
    instead: () => 'only Node.js and Python are supported at the edge; write lambda.Runtime.NODEJS_24_X',
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
    instead: () =>
      'environment variables are not supported at the edge; put settings into ridge.json and package again',
  },
  {
    property: 'TracingConfig',
    refuses: (value) => (value as Properties).Mode !== 'PassThrough',
    instead: () => "X-Ray is not supported at the edge; leave tracing out and read the function's log",
  },
  { property: 'VpcConfig', refuses: always, instead: () => 'VPCs are not supported at the edge; leave vpc out' },
  {
    property: 'Layers',
    refuses: always,
    instead: () => 'layers are not supported at the edge; put the files into the package',
  },
  {
    property: 'DeadLetterConfig',
    refuses: always,
    instead: () =>
      'dead-letter queues are not supported at the edge, because CloudFront waits for the response; leave it out',
  },
  {
    property: 'FileSystemConfigs',
    refuses: always,
    instead: () => 'file systems are not supported at the edge; use the bucket',
  },
  {
    property: 'PackageType',
    refuses: (value) => value === 'Image',
    instead: () => 'container images are not supported at the edge; write lambda.Code.fromAsset with a zip file',
  },
  {
    property: 'KmsKeyArn',
    refuses: always,
    instead: () => 'customer managed keys are not replicated; leave environmentEncryption out',
  },
  {
    property: 'RuntimeManagementConfig',
    refuses: (value) => (value as Properties).UpdateRuntimeOn !== 'Auto',
    instead: () => 'write lambda.RuntimeManagementMode.AUTO',
  },
  { property: 'SnapStart', refuses: always, instead: () => 'SnapStart is not supported at the edge; leave it out' },
]

const VERSION_RULES: readonly Rule[] = [
  {
    property: 'ProvisionedConcurrencyConfig',
    refuses: always,
    instead: () => 'provisioned concurrency is not supported at the edge; leave provisionedConcurrentExecutions out',
  },
]

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  'AWS::Lambda::Function': FUNCTION_RULES,
  'AWS::Lambda::Version': VERSION_RULES,
}

/** Checks the resources in `scope` at synth, after all overrides and aspects. A violation stops synth. */
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

/** Returns the properties as the template contains them, with escape hatches applied. */
export function rendered(resource: CfnResource): Properties {
  // The method is public but missing from the type declarations.
  const { _toCloudFormation: render } = resource as unknown as { _toCloudFormation: () => unknown }
  const fragment: { Resources: Record<string, { Properties?: Properties }> } = Stack.of(resource).resolve(
    render.call(resource),
  )
  return Object.values(fragment.Resources)[0]?.Properties ?? {}
}
