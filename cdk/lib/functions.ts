// The two functions at the edge, and their permissions.
import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { contract } from './contract.ts'
import { type EdgeEvent, HOME, obeyEdgeRules } from './edge-rules.ts'
import { ownAccount, VARIANT_KEYS, VARIANT_TAG } from './originals.ts'

export interface RidgeFunctionProps {
  readonly event: EdgeEvent
  /** The package, a zip file. */
  readonly package: string
  readonly logGroup: logs.ILogGroup
  /** The bucket that the function reads and writes; unset for a function that only rewrites requests. */
  readonly bucket?: s3.IBucket
  /** Whether the role's name is fixed at synth, so that a stack that is deployed before this one can refer to it. */
  readonly hasNamedRole?: boolean
}

/** A function at the edge. CloudFront uses {@link lambda.Function.currentVersion}. */
export class RidgeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: RidgeFunctionProps) {
    const { event, logGroup, bucket, hasNamedRole = false } = props
    const { memoryMb, timeoutSeconds } = contract.functions[event]
    const role: iam.Role = new iam.Role(scope, `${id}Role`, {
      description: `Role of Ridge's ${event}`,
      // The distribution adds edgelambda.amazonaws.com.
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      ...(hasNamedRole ? { roleName: roleName(scope, id) } : {}),
    })
    super(scope, id, {
      description: `Ridge: ${event}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.X86_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(props.package),
      memorySize: memoryMb,
      timeout: Duration.seconds(timeoutSeconds),
      role,
      logGroup,
      // Retained for rollbacks.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(event === 'viewer-request' ? QUIET : {}),
    })
    // After the function has been removed from the distribution, CloudFront keeps its replicas for hours, and until
    // then it cannot be deleted. So rollbacks and `destroy` retain it; the command in the output CleanUp deletes it
    // later.
    this.applyRemovalPolicy(RemovalPolicy.RETAIN)
    mayLog(role, logGroup)
    if (bucket) mayStore(role, bucket)
    obeyEdgeRules(this, event)
  }
}

/** viewer-request runs on every request: without the platform's three lines for each, it logs only failures. */
const QUIET = {
  loggingFormat: lambda.LoggingFormat.JSON,
  systemLogLevelV2: lambda.SystemLogLevel.WARN,
} as const

function mayLog(role: iam.Role, logGroup: logs.ILogGroup): void {
  // The function creates a log group with this name in each region where it runs.
  const { partition, account } = Stack.of(role)
  const group = `arn:${partition}:logs:*:${account}:log-group:${logGroup.logGroupName}`
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: 'Log',
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [group, `${group}:*`],
    }),
  )
}

function mayStore(role: iam.Role, bucket: s3.IBucket): void {
  const own = ownAccount(role)
  const allow = (sid: string, actions: string[], resources: string[], conditions = own) =>
    role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources, conditions }))
  const variants = VARIANT_KEYS.map((keys) => bucket.arnForObjects(keys))
  // Only with the tag by which variants expire.
  const tags = Object.entries(VARIANT_TAG).map(([name, value]) => [`s3:RequestObjectTag/${name}`, value])
  const tagged = { StringEquals: { ...own.StringEquals, ...Object.fromEntries(tags) } }
  allow('ReadObjects', ['s3:GetObject'], [bucket.arnForObjects('*')])
  // With this permission S3 answers 404 instead of 403 for a missing key.
  allow('TellMissing', ['s3:ListBucket'], [bucket.bucketArn])
  allow('WriteVariants', ['s3:PutObject', 's3:PutObjectTagging'], variants, tagged)
  // In a deletion, a policy cannot test the object's tag.
  allow('RemoveVariants', ['s3:DeleteObject'], variants)
}

/**
 * Returns a role's name, if it is fixed at synth. Roles belong to an account, so the name does not depend on the
 * region.
 */
export function roleName(scope: Construct, id: string): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 63 - id.length, separator: '-' })}-${id}`
}

/**
 * Returns the command that deletes functions at the edge. It fails until CloudFront has removed their replicas, and can
 * be repeated.
 */
export function deleteCommand(functionNames: readonly string[]): string {
  const each = `aws lambda delete-function --region ${HOME} --function-name "$name"`
  return `for name in ${functionNames.join(' ')}; do ${each}; done`
}
