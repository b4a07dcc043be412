// Alarms and a dashboard.
//
// CloudFront's metrics are in us-east-1 and count all regions. Lambda's are in each region where a function runs, under
// the name `us-east-1.NAME`. An alarm sees its own region only, so alarms are on CloudFront's; a dashboard sees all.
import { Duration } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { HOME } from './edge-rules.ts'

const MINUTE = Duration.minutes(1)
const FIVE_MINUTES = Duration.minutes(5)

export interface MonitoringProps {
  readonly distribution: cloudfront.Distribution
  readonly originResponse: lambda.Function
  /** Where origin-response runs: the Origin Shield's region. `undefined` where it runs all over the world. */
  readonly originResponseRegion: string | undefined
  readonly additionalMetrics: boolean
  readonly alarms: boolean
  readonly topic: sns.ITopic | undefined
}

export class Monitoring extends Construct {
  readonly alarms: readonly cloudwatch.Alarm[]

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringProps,
  ) {
    super(scope, id)
    this.alarms = props.alarms ? this.makeAlarms() : []
    for (const alarm of props.topic ? this.alarms : []) alarm.addAlarmAction(new SnsAction(props.topic as sns.ITopic))
    this.makeDashboard()
  }

  /** A metric of the distribution, by its name in "Types of metrics for CloudFront" of the CloudFront developer guide. */
  private cloudFront(metricName: string, statistic: 'Sum' | 'Average', period = FIVE_MINUTES): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/CloudFront',
      metricName,
      dimensionsMap: { DistributionId: this.props.distribution.distributionId, Region: 'Global' },
      region: HOME,
      statistic,
      period,
    })
  }

  private originResponse(metricName: string, statistic: string): cloudwatch.Metric {
    const { originResponse, originResponseRegion } = this.props
    return new cloudwatch.Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: `${HOME}.${originResponse.functionName}` },
      region: originResponseRegion ?? HOME,
      statistic,
      period: FIVE_MINUTES,
    })
  }

  private makeAlarms(): cloudwatch.Alarm[] {
    const alarm = (id: string, metric: cloudwatch.Metric, threshold: number, alarmDescription: string) =>
      new cloudwatch.Alarm(this, id, {
        metric,
        threshold,
        alarmDescription,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        // Nobody asked for a picture: nothing is wrong.
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
    return [
      alarm(
        'ServerErrors',
        this.cloudFront('5xxErrorRate', 'Average', MINUTE),
        1,
        'Ridge: over 1 % of answers are 5xx',
      ),
      alarm(
        'FunctionFailures',
        this.cloudFront('LambdaExecutionError', 'Sum', MINUTE),
        0,
        'Ridge: a function crashed or ran out of time',
      ),
      alarm(
        'FunctionRefusals',
        this.cloudFront('LambdaValidationError', 'Sum', MINUTE),
        0,
        "Ridge: CloudFront did not take a function's answer",
      ),
      alarm(
        'FunctionLimits',
        this.cloudFront('LambdaLimitExceededErrors', 'Sum', MINUTE),
        0,
        'Ridge: too many functions run at once; ask AWS for a higher concurrency',
      ),
    ]
  }

  private makeDashboard(): void {
    const { originResponseRegion, additionalMetrics } = this.props
    const graph = (title: string, ...left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title, left, region: HOME, width: 12 })
    const where = originResponseRegion ?? `${HOME} only`
    const rows = [
      [
        graph('Requests', this.cloudFront('Requests', 'Sum')),
        graph(
          'Errors, % of requests',
          this.cloudFront('4xxErrorRate', 'Average'),
          this.cloudFront('5xxErrorRate', 'Average'),
        ),
      ],
      [
        graph(
          'Functions that failed',
          this.cloudFront('LambdaExecutionError', 'Sum'),
          this.cloudFront('LambdaValidationError', 'Sum'),
          this.cloudFront('LambdaLimitExceededErrors', 'Sum'),
        ),
        graph('Bytes to viewers', this.cloudFront('BytesDownloaded', 'Sum')),
      ],
      [
        graph(
          `origin-response (${where})`,
          this.originResponse('Invocations', 'Sum'),
          this.originResponse('Errors', 'Sum'),
        ),
        graph(
          `origin-response (${where}), ms`,
          this.originResponse('Duration', 'p50'),
          this.originResponse('Duration', 'p99'),
        ),
      ],
    ]
    if (additionalMetrics) {
      rows.push([
        graph('Cache hits, % of requests', this.cloudFront('CacheHitRate', 'Average')),
        graph('Time to the first byte on a miss, ms', this.cloudFront('OriginLatency', 'Average')),
      ])
    }
    new cloudwatch.Dashboard(this, 'Dashboard', { widgets: rows })
  }
}
