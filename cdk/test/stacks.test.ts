import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Template } from 'aws-cdk-lib/assertions'
import { RidgeImages } from '../lib/ridge-images.ts'
import { readSettings, SETTINGS, settingsTable } from '../lib/settings.ts'
import { makeStacks } from '../lib/stacks.ts'
import { ACCOUNT, CDK, imagesWith, newApp, PACKAGES, templateWith, VARIANTS } from './app.ts'

/** Returns every string of a template that is a name which must be unique in an account. */
function names(template: Template): string[] {
  const named =
    /^(?:Name|BucketName|FunctionName|RoleName|PolicyName|TopicName|AlarmName|DashboardName|LogGroupName|.+ConfigName)$/
  const found: string[] = []
  const walk = (value: unknown, key: string) => {
    if (typeof value === 'string' && named.test(key)) found.push(value)
    if (value && typeof value === 'object') for (const [name, inner] of Object.entries(value)) walk(inner, name)
  }
  for (const [id, { Type, Properties }] of Object.entries(
    template.toJSON().Resources as Record<string, Record<string, unknown>>,
  )) {
    // Names of inline policies and of metric dimensions cannot collide.
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::CloudWatch::Alarm') walk(Properties, id)
  }
  return found
}

for (const [variant, settings] of Object.entries(VARIANTS)) {
  test(`two deployments live side by side: ${variant}`, () => {
    const app = newApp(settings)
    const both = ['One', 'Other'].map((name) =>
      makeStacks(app, ACCOUNT, { ...readSettings(app.node.getAllContext()), name }),
    )
    const all = both.map((stack) => [stack, ...stack.dependencies].flatMap((each) => names(Template.fromStack(each))))
    const [first = [], second = []] = all
    assert.ok(first.length >= 3, 'the names of the policies and of the access control')
    assert.deepEqual(
      first.filter((name) => second.includes(name)),
      [],
    )
  })
}

test('two constructs can be in one stack', () => {
  const { stack } = imagesWith()
  new RidgeImages(stack, 'More', { packages: PACKAGES })
  const all = names(Template.fromStack(stack))
  assert.equal(new Set(all).size, all.length)
})

test('settings are read, or refused with the accepted values', () => {
  assert.deepEqual(readSettings({ '@aws-cdk/core:x': true, 'aws:cdk:y': 1 }), readSettings({}))
  assert.equal(readSettings({ variantDays: 7 }).variantDays, 7)
  assert.deepEqual(readSettings({ domainNames: ['a.example.com', 'b.example.com'] }).domainNames, [
    'a.example.com',
    'b.example.com',
  ])
  const wrong: Record<string, unknown> = {
    name: '1 2',
    bucketRegion: 'Europe',
    variantDays: '0',
    domainNames: 'a b',
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/x',
    variantWriters: 'arn:aws:iam::1:role/x',
    priceClass: '300',
    httpVersion: 'http4',
    originShield: 'maybe',
    logDays: '31',
    purge: 'tags',
    alarms: 'yes',
    alarmEmail: 'me',
    additionalMetrics: '1',
  }
  for (const [name, value] of Object.entries(wrong)) {
    const { takes } = SETTINGS[name as keyof typeof SETTINGS]
    assert.throws(() => readSettings({ [name]: value }), {
      message: `${name} must be ${takes}; got ${JSON.stringify(String(value))}`,
    })
  }
  const cdks = {
    'acknowledged-issue-numbers': [1],
    'cli-telemetry': false,
    'availability-zones:account=1:region=x': [],
  }
  assert.deepEqual(readSettings(cdks), readSettings({}))
  assert.throws(
    () => readSettings({ bucketNmae: 'x' }),
    /^Error: bucketNmae: unknown setting; the settings are name, config, /,
  )
  assert.throws(() => templateWith({ bucketName: 'pictures' }), /bucketRegion: set the region of the bucket pictures/)
  assert.throws(() => templateWith({ alarms: 'false', alarmEmail: 'a@example.com' }), /leave alarms=false out/)
})

test('the table of settings in README.md is generated', () => {
  const file = join(CDK, 'README.md')
  const text = readFileSync(file, 'utf8')
  const [before, after = ''] = text.split(/(?<=<!-- settings: .*-->\n)/)
  const end = after.indexOf('<!-- /settings -->')
  assert.ok(end >= 0, 'README.md has no place for the settings')
  const right = `${before}${settingsTable()}${after.slice(end)}`
  if (process.env.UPDATE_README) writeFileSync(file, right)
  else assert.equal(text, right, 'run UPDATE_README=1 npm test')
})
