// Alarms and a dashboard.
//
// CloudFront's metrics are in us-east-1 and cover all regions. Lambda's are in each region where a function runs, under
// the name `us-east-1.NAME`. An alarm can use only metrics of its own region, so alarms use CloudFront's; a dashboard
// can use all. purge, its queue and their metrics are in this stack's region.
import { Duration } from 'aws-cdk-lib'
import type * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { type AlarmRow, type Alarms, alarmTopic, MINUTE, makeAlarm, sendAlarms } from './alarms.ts'
import { HOME } from './edge-rules.ts'
import type { Purge } from './purge.ts'

const FIVE_MINUTES = Duration.minutes(5)

/** CloudFront provides only some statistics of each metric. */
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
    description: 'more than 1 % of responses are 5xx',
  },
  {
    id: 'FunctionFailures',
    metric: 'LambdaExecutionError',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    description: 'a function crashed or timed out',
  },
  {
    id: 'FunctionRefusals',
    metric: 'LambdaValidationError',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    description: "CloudFront refused a function's response",
  },
  {
    id: 'FunctionLimits',
    metric: 'LambdaLimitExceededErrors',
    statistic: 'Sum',
    over: 0,
    minutes: 1,
    description: 'functions were throttled; request a higher concurrency quota',
  },
]

/** Counts the messages in the dead-letter queue, until they are moved or deleted. */
const PURGE_FAILURES: AlarmRow = {
  id: 'PurgeFailures',
  over: 0,
  minutes: 1,
  description: 'changed originals could not be invalidated in CloudFront; see cdk/README.md',
}

/**
 * The age of the oldest waiting message, in seconds. A message that CloudFront refuses is delivered again after 180 s,
 * and after three deliveries it no longer counts (Amazon SQS, "ApproximateAgeOfOldestMessage"), so the alarm must be
 * faster.
 */
const PURGE_DELAY: AlarmRow = {
  id: 'PurgeDelay',
  over: 300,
  minutes: 1,
  description: 'originals changed more than 5 minutes ago and have not been invalidated in CloudFront',
}

export interface MonitoringProps {
  readonly distribution: cloudfront.Distribution
  readonly originResponse: lambda.Function
  /** The region where origin-response runs, which is the Origin Shield's. `undefined` if it runs in many regions. */
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
          'Failed function invocations',
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
          'Changed originals: waiting, and in the dead-letter queue',
          purge.queue.metricApproximateNumberOfMessagesVisible(),
          purge.deadLetters.metricApproximateNumberOfMessagesVisible(),
        ),
      ])
    }
    if (additionalMetrics) {
      rows.push([
        graph('Cache hits, % of requests', this.cloudFront('CacheHitRate', 'Average')),
        graph(
          'Time to first byte on a cache miss, ms',
          this.cloudFront('OriginLatency', 'p50'),
          this.cloudFront('OriginLatency', 'p90'),
        ),
      ])
    }
    new cloudwatch.Dashboard(this, 'Dashboard', { widgets: rows })
  }
}
