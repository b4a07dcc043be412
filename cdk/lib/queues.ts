// Queues: encrypted, and spoken to by TLS only.
import { Duration } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

/** The properties of every queue. */
export const GUARDED = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true } as const

/** A dead-letter queue. It keeps messages for 14 days, SQS's longest, so that somebody can find out what was wrong. */
export class DeadLetterQueue extends sqs.Queue {
  constructor(scope: Construct, id: string) {
    super(scope, id, { ...GUARDED, retentionPeriod: Duration.days(14) })
  }
}
