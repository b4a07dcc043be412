// The functions' logs.
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/**
 * A group for a function's log, kept for `retention`, in the stack's region and in `regions`.
 *
 * A function at the edge writes to the group of this name in the region where it runs, and makes it there if need be;
 * one that it made is kept for ever. So the groups are made beforehand where it is known that the function runs.
 */
export class FunctionLog extends Construct {
  readonly group: logs.LogGroup

  constructor(scope: Construct, id: string, retention: logs.RetentionDays, regions: readonly string[]) {
    super(scope, id)
    this.group = new logs.LogGroup(this, 'Group', { retention, removalPolicy: RemovalPolicy.DESTROY })
    for (const region of regions.filter((region) => region !== Stack.of(this).region)) {
      // CloudFormation makes groups in its own region only; this does it by a Lambda function of CDK's. It may not delete
      // them, so they outlast the stack, and only they: what is in them is gone after `retention`.
      new logs.LogRetention(this, region, {
        logGroupName: this.group.logGroupName,
        logGroupRegion: region,
        retention,
      })
    }
  }
}
