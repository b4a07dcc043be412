// The two functions, and what each may do.
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
  /** The package, a zip. */
  readonly package: string
  readonly logGroup: logs.ILogGroup
  /** What it reads and writes; none for a function that only rewrites requests. */
  readonly bucket?: s3.IBucket
  /** Whether the role's name is decided at synth, so that a stack that is deployed before this one can name it. */
  readonly hasNamedRole?: boolean
}

/** A function at the edge. CloudFront gets {@link lambda.Function.currentVersion}. */
export class RidgeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: RidgeFunctionProps) {
    const { event, logGroup, bucket, hasNamedRole = false } = props
    const { memoryMb, timeoutSeconds } = contract.functions[event]
    const role: iam.Role = new iam.Role(scope, `${id}Role`, {
      description: `What Ridge's ${event} may do`,
      // The distribution lets edgelambda.amazonaws.com take it too.
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
      // Kept, too, so that a rollback finds it.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(event === 'viewer-request' ? QUIET : {}),
    })
    // CloudFront's regions hold replicas of the function for hours after no distribution names it, and until then it
    // cannot be deleted. So a rollback and `destroy` leave it behind; the output CleanUp deletes it later.
    this.applyRemovalPolicy(RemovalPolicy.RETAIN)
    mayLog(role, logGroup)
    if (bucket) mayStore(role, bucket)
    obeyEdgeRules(this, event)
  }
}

/** viewer-request runs on every request: without the platform's three lines for each, it logs only what goes wrong. */
const QUIET = {
  loggingFormat: lambda.LoggingFormat.JSON,
  systemLogLevelV2: lambda.SystemLogLevel.WARN,
} as const

function mayLog(role: iam.Role, logGroup: logs.ILogGroup): void {
  // In each region where it runs, the function makes a group of this name.
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
  // For a missing key S3 then says 404 and not 403.
  allow('TellMissing', ['s3:ListBucket'], [bucket.bucketArn])
  allow('WriteVariants', ['s3:PutObject', 's3:PutObjectTagging'], variants, tagged)
  // S3 shows no tag to a policy on deletion.
  allow('RemoveVariants', ['s3:DeleteObject'], variants)
}

/** The name that a role has if its name is decided at synth. Roles are an account's, and so the region is of no matter. */
export function roleName(scope: Construct, id: string): string {
  return `${Names.uniqueResourceName(scope, { maxLength: 63 - id.length, separator: '-' })}-${id}`
}

/** The command that deletes functions at the edge. Until CloudFront has removed their replicas, it fails and may be repeated. */
export function deleteCommand(functionNames: readonly string[]): string {
  const each = `aws lambda delete-function --region ${HOME} --function-name "$name"`
  return `for name in ${functionNames.join(' ')}; do ${each}; done`
}
