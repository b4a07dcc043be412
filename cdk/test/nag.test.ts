// cdk-nag's AwsSolutions rules are obeyed, with the exceptions that are explained here.
import assert from 'node:assert/strict'
import test from 'node:test'
import { AwsSolutionsChecks } from 'cdk-nag'
import { appWith, VARIANTS } from './app.ts'

/** Every violated rule, where, and why. */
const EXPLAINED = [
  {
    rule: /^AwsSolutions-S1$/,
    at: /\/Originals\/Bucket\/Resource$/,
    why: 'Only CloudFront and one function read the bucket; access logs can be switched on beside the stack.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::arn:aws:logs:\*:\d+:log-group:<Images\w+LogGroup\w+>(:\*)?\]$/,
    at: /\/(ViewerRequest|OriginResponse)Role\/DefaultPolicy\/Resource$/,
    why: 'A function at the edge logs to the group of this one name in the region where it happens to run.',
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::(<OriginalsBucket\w+\.Arn>|arn:aws:s3:::[\w-]+)\/((w_\d\*|w_auto)\/)?\*\]$/,
    at: /\/OriginResponseRole\/DefaultPolicy\/Resource$/,
    why: 'Any object may be an original; only variants are written, and their keys cannot be listed.',
  },
  {
    rule: /^AwsSolutions-IAM(4\[Policy::.*AWSLambdaBasicExecutionRole\]|5\[Resource::\*\])$/,
    at: /\/LogRetention\w+\/ServiceRole\//,
    why: "CDK's own function, which sets the retention of a log group in another region at deployment.",
  },
  {
    rule: /^AwsSolutions-SQS3$/,
    at: /\/DeadLetters\/Resource$/,
    why: 'It is the dead-letter queue of an EventBridge rule, which the rule does not see; nothing takes from it.',
  },
  {
    rule: /^AwsSolutions-CFR1$/,
    at: /\/Distribution\/Resource\/Resource$/,
    why: 'Pictures are for every country; a restriction is the business of who needs one.',
  },
  {
    rule: /^AwsSolutions-CFR2$/,
    at: /\/Distribution\/Resource\/Resource$/,
    why: 'GET and HEAD only, with a strict grammar in the first function; a firewall costs more than it would keep out.',
  },
  {
    rule: /^AwsSolutions-CFR3$/,
    at: /\/Distribution\/Resource\/Resource$/,
    why: "Access logs hold visitors' addresses, so to keep them is for the operator to decide.",
  },
  {
    rule: /^AwsSolutions-CFR4$/,
    at: /\/Distribution\/Resource\/Resource$/,
    why: "CloudFront's own certificate comes with TLS 1.0; with a certificate of your own it is TLS 1.2.",
  },
]

interface Finding {
  readonly rule: string
  readonly at: string
}

function findings(settings: Record<string, unknown>): Finding[] {
  const { app } = appWith(settings)
  const report = new AwsSolutionsChecks(app).validate({ templatePaths: [], stackTemplates: [], appConstruct: app })
  return report.violations.flatMap(({ ruleName: rule, violatingResources }) =>
    violatingResources.map(({ constructPath: at = '' }) => ({ rule, at })),
  )
}

test('every finding is explained, and every explanation has a finding', () => {
  const used = new Set<object>()
  const bare: Finding[] = []
  for (const settings of Object.values(VARIANTS)) {
    for (const finding of findings(settings)) {
      const reason = EXPLAINED.find(({ rule, at }) => rule.test(finding.rule) && at.test(finding.at))
      if (reason) used.add(reason)
      else bare.push(finding)
    }
  }
  assert.deepEqual(bare, [])
  assert.deepEqual(
    EXPLAINED.filter((reason) => !used.has(reason)),
    [],
  )
})

test('a custom certificate comes with TLS 1.2', () => {
  assert.ok(findings({}).some(({ rule }) => rule === 'AwsSolutions-CFR4'))
  const own = findings(VARIANTS['everything on'] ?? {})
  assert.deepEqual(
    own.filter(({ rule }) => rule === 'AwsSolutions-CFR4'),
    [],
  )
})
