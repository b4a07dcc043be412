// Alarms and a dashboard.
//
// CloudFront's metrics are in us-east-1 and count all regions. Lambda's are in each region where a function runs, under
// the name `us-east-1.NAME`. An alarm sees its own region only, so alarms are on CloudFront's; a dashboard sees all.
// purge, its queue and their metrics are in this stack's region.
import { Duration } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { type AlarmRow, type Alarms, alarmTopic, MINUTE, makeAlarm, sendAlarms } from './alarms.ts'
import { HOME } from './edge-rules.ts'
import type { Purge } from './purge.ts'

const FIVE_MINUTES = Duration.minutes(5)

/** CloudFront has only some statistics for each metric. */
type Statistic = 'Sum' | 'Average' | 'p50' | 'p90'

interface CloudFrontAlarmRow extends AlarmRow {
  readonly metric: string
  readonly statistic: Statistic
}

const CLOUDFRONT_ALARMS: readonly CloudFrontAlarmRow[] = [
  {
    id: 'ServerErrors',
    metric: '5xxErrorRate',
    statistic: 'Average',
    over: 1,
    minutes: 3,
    says: 'over 1 % of answers are 5xx',
  },
  {
    id: 'FunctionFailures',
    metric: 'LambdaExecutionError',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    says: 'a function crashed or ran out of time',
  },
  {
    id: 'FunctionRefusals',
    metric: 'LambdaValidationError',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    says: "CloudFront did not take a function's answer",
  },
  {
    id: 'FunctionLimits',
    metric: 'LambdaLimitExceededErrors',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    says: 'too many functions run at once; ask AWS for a higher concurrency',
  },
]

/** Counts the changes that were given up, until somebody has moved or deleted them. */
const PURGE_FAILURES: AlarmRow = {
  id: 'PurgeFailures',
  over: 0,
  minutes: 1,
  says: 'CloudFront was not made to forget originals that changed; cdk/README.md says what to do',
}

/**
 * Counts the seconds that the oldest change has waited. What CloudFront does not take comes again after 180, and what has
 * come three times no longer counts (Amazon SQS, "ApproximateAgeOfOldestMessage"): so it must be told before.
 */
const PURGE_DELAY: AlarmRow = {
  id: 'PurgeDelay',
  over: 300,
  minutes: 1,
  says: 'originals changed over 5 minutes ago, and CloudFront has not been made to forget them',
}

export interface MonitoringProps {
  readonly distribution: cloudfront.Distribution
  readonly originResponse: lambda.Function
  /** Where origin-response runs: the Origin Shield's region. `undefined` where it runs all over the world. */
  readonly originResponseRegion: string | undefined
  readonly purge: Purge | undefined
  readonly additionalMetrics: boolean
  readonly alarms: Alarms
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
    const topic = alarmTopic(this, props.alarms)
    if (topic) sendAlarms(this.alarms, topic)
    this.makeDashboard()
  }

  private cloudFront(metricName: string, statistic: Statistic, period = FIVE_MINUTES): cloudwatch.Metric {
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
    const alarms = CLOUDFRONT_ALARMS.map((row) =>
      makeAlarm(this, row, this.cloudFront(row.metric, row.statistic, MINUTE)),
    )
    const { purge } = this.props
    if (!purge) return alarms
    const failures = purge.deadLetters.metricApproximateNumberOfMessagesVisible({ period: MINUTE })
    const delay = purge.queue.metricApproximateAgeOfOldestMessage({ period: MINUTE })
    return [...alarms, makeAlarm(this, PURGE_FAILURES, failures), makeAlarm(this, PURGE_DELAY, delay)]
  }

  private makeDashboard(): void {
    const { originResponseRegion, purge, additionalMetrics } = this.props
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
    if (purge) {
      rows.push([
        graph('purge', purge.function.metricInvocations(), purge.function.metricErrors()),
        graph(
          'Changed originals that wait, and given up',
          purge.queue.metricApproximateNumberOfMessagesVisible(),
          purge.deadLetters.metricApproximateNumberOfMessagesVisible(),
        ),
      ])
    }
    if (additionalMetrics) {
      rows.push([
        graph('Cache hits, % of requests', this.cloudFront('CacheHitRate', 'Average')),
        graph(
          'Time to the first byte on a miss, ms',
          this.cloudFront('OriginLatency', 'p50'),
          this.cloudFront('OriginLatency', 'p90'),
        ),
      ])
    }
    new cloudwatch.Dashboard(this, 'Dashboard', { widgets: rows })
  }
}
