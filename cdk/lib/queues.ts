// Queues: encrypted, and accessible only with TLS.
import { Duration } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

/** The properties of every queue. */
export const GUARDED = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true } as const

/** A dead-letter queue. It keeps messages for 14 days, SQS's maximum, to leave time for an investigation. */
export class DeadLetterQueue extends sqs.Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, { ...GUARDED, retentionPeriod: Duration.days(14) })
  }
}
