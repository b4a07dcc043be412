// The functions' logs.
import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as logs from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/**
 * A function's log groups with the given retention, in the stack's region and in `regions`.
 *
 * A function at the edge writes to the group with this name in the region where it runs, and creates a missing group
 * without an expiry. So the groups are created beforehand in the regions where the function is known to run.
 */
export class FunctionLog extends Construct {
  readonly group: logs.LogGroup

  constructor(scope: Construct, id: string, retention: logs.RetentionDays, regions: readonly string[]) {
    super(scope, id)
    this.group = new logs.LogGroup(this, 'Group', { retention, removalPolicy: RemovalPolicy.DESTROY })
    for (const region of regions.filter((region) => region !== Stack.of(this).region)) {
      // CloudFormation creates groups only in its own region; for others this uses a Lambda function of the CDK. That
      // function may not delete groups, so the groups outlast the stack; their content expires after `retention`.
      new logs.LogRetention(this, region, {
        logGroupName: this.group.logGroupName,
        logGroupRegion: region,
        retention,
      })
    }
  }
}
