// The two functions, and what each may do.
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as logs from 'aws-cdk-lib/aws-logs'
import type * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { type EdgeEvent, obeyEdgeRules } from './edge-rules.ts'

/** The keys of variants begin so. */
const VARIANT_KEYS = 'w_*'

/** 1769 MB is the memory at which Lambda gives one whole processor. */
const SIZES: Readonly<Record<EdgeEvent, { memoryMb: number; seconds: number }>> = {
  'viewer-request': { memoryMb: 128, seconds: 5 },
  'origin-response': { memoryMb: 1769, seconds: 30 },
}

export interface RidgeFunctionProps {
  readonly event: EdgeEvent
  /** The package, a zip. */
  readonly package: string
  readonly logGroup: logs.ILogGroup
  /** What it reads and writes; none for a function that only rewrites requests. */
  readonly bucket?: s3.IBucket
}

/** A function at the edge. CloudFront gets {@link lambda.Function.currentVersion}. */
export class RidgeFunction extends lambda.Function {
  constructor(scope: Construct, id: string, props: RidgeFunctionProps) {
    const { event, logGroup, bucket } = props
    const { memoryMb, seconds } = SIZES[event]
    const role = new iam.Role(scope, `${id}Role`, {
      description: `What Ridge's ${event} may do`,
      // The distribution lets edgelambda.amazonaws.com take it too.
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    })
    super(scope, id, {
      description: `Ridge: ${event}`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.X86_64,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(props.package),
      memorySize: memoryMb,
      timeout: Duration.seconds(seconds),
      role,
      logGroup,
      // CloudFront's regions run replicas of a version for hours after nothing names it, and until then it cannot be
      // deleted. Kept, too, so that a rollback finds it.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(event === 'viewer-request' ? QUIET : {}),
    })
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
  const allow = (sid: string, actions: string[], resource: string) =>
    role.addToPolicy(new iam.PolicyStatement({ sid, actions, resources: [resource] }))
  allow('ReadObjects', ['s3:GetObject'], bucket.arnForObjects('*'))
  // For a missing key S3 then says 404 and not 403.
  allow('TellMissing', ['s3:ListBucket'], bucket.bucketArn)
  allow('WriteVariants', ['s3:PutObject', 's3:PutObjectTagging', 's3:DeleteObject'], bucket.arnForObjects(VARIANT_KEYS))
}
