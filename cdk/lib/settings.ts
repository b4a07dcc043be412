// The app's settings, from `-c name=value` or from "context" in cdk.json.
import { resolve } from 'node:path'
import { HttpVersion, PriceClass } from 'aws-cdk-lib/aws-cloudfront'
import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { DEFAULT_CONFIG, DEFAULT_PACKAGES } from './config.ts'
import { VARIANT_DAYS } from './originals.ts'
import type { PurgeMode } from './purge.ts'
import type { Shield } from './shield.ts'

interface Setting<T> {
  readonly takes: string
  readonly meaning: string
  readonly fallback: T
  /** Parses a value; `undefined` if it is not valid. */
  readonly read: (text: string) => T | undefined
}

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/
const PRICE_CLASSES = new Map([
  ['100', PriceClass.PRICE_CLASS_100],
  ['200', PriceClass.PRICE_CLASS_200],
  ['all', PriceClass.PRICE_CLASS_ALL],
])
const WRITER = 'arn:aws[a-z-]*:iam::\\d{12}:(role|user)/[\\w+=.@*/-]+'
const WRITERS = new RegExp(`^${WRITER}(,${WRITER})*$`)
const LOG_DAYS = Object.values(RetentionDays).filter((days): days is number => typeof days === 'number' && days < 9999)

const HTTP_VERSIONS = Object.values(HttpVersion)

const yesOrNo = (text: string) => ({ true: true, false: false })[text]
const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined)
const some = <T>(row: Setting<T>): Setting<T> => row

/** One row for each setting. The table in cdk/README.md is generated from the rows. */
export const SETTINGS = {
  name: some<string>({
    takes: 'a stack name',
    meaning: 'the name of the stacks; another name is another deployment',
    fallback: 'Ridge',
    read: matching(/^[A-Za-z][A-Za-z0-9-]{0,100}$/),
  }),
  config: some<string>({
    takes: 'a path',
    meaning: 'the configuration; must equal the one in the packages (default `ridge.json`)',
    fallback: DEFAULT_CONFIG,
    read: (text) => resolve(text),
  }),
  keys: some<string | undefined>({
    takes: 'a path',
    meaning: 'the signing keys, if the configuration has `signing`; must equal those in the packages (default: none)',
    fallback: undefined,
    read: (text) => resolve(text),
  }),
  packages: some<string>({
    takes: 'a path',
    meaning: 'the folder with the packages (default `dist`)',
    fallback: DEFAULT_PACKAGES,
    read: (text) => resolve(text),
  }),
  bucketName: some<string | undefined>({
    takes: "a bucket's name",
    meaning: 'an existing bucket in `bucketRegion` (default: a new bucket)',
    fallback: undefined,
    read: matching(/./),
  }),
  bucketRegion: some<string | undefined>({
    takes: 'a region',
    meaning: 'the region of the bucket (default for a new one: `us-east-1`)',
    fallback: undefined,
    read: matching(REGION),
  }),
  variantDays: some<number | undefined>({
    takes: 'a whole number of at least 1',
    meaning: `the number of days for which a new bucket stores a variant (default ${VARIANT_DAYS})`,
    fallback: undefined,
    read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined),
  }),
  variantWriters: some<string[] | undefined>({
    takes: 'comma-separated ARNs of roles or users',
    meaning:
      'who can write variants into a new bucket in addition to `origin-response`, for `ridge warm` (default: nobody)',
    fallback: undefined,
    read: (text) => (WRITERS.test(text) ? text.split(',') : undefined),
  }),
  domainNames: some<string[] | undefined>({
    takes: 'comma-separated names',
    meaning: "alternate domain names; require `certificateArn` (default: CloudFront's domain name)",
    fallback: undefined,
    read: (text) => (/^[a-z0-9*.-]+(,[a-z0-9*.-]+)*$/.test(text) ? text.split(',') : undefined),
  }),
  certificateArn: some<string | undefined>({
    takes: 'the ARN of an ACM certificate in us-east-1',
    meaning: 'the certificate for `domainNames`',
    fallback: undefined,
    read: matching(/^arn:aws:acm:us-east-1:\d{12}:certificate\/.+$/),
  }),
  priceClass: some<PriceClass>({
    takes: [...PRICE_CLASSES.keys()].join(', '),
    meaning: 'CloudFront price class (default 100: North America and Europe)',
    fallback: PriceClass.PRICE_CLASS_100,
    read: (text) => PRICE_CLASSES.get(text),
  }),
  httpVersion: some<HttpVersion>({
    takes: HTTP_VERSIONS.join(', '),
    meaning:
      "HTTP versions for viewers in addition to HTTP/1.1; CloudFront's continuous deployment excludes HTTP/3 " +
      '(default http2and3)',
    fallback: HttpVersion.HTTP2_AND_3,
    read: (text) => HTTP_VERSIONS.find((version) => version === text),
  }),
  originShield: some<Shield>({
    takes: 'true, false or a region',
    meaning:
      'Origin Shield, which is also the region where `origin-response` runs (default true: in or near `bucketRegion`)',
    fallback: true,
    read: (text) => yesOrNo(text) ?? matching(REGION)(text),
  }),
  purge: some<PurgeMode>({
    takes: 'true, false or paths',
    meaning: 'invalidates changed originals in CloudFront; `paths` works without cache tags (default true)',
    fallback: true,
    read: (text) => (text === 'paths' ? text : yesOrNo(text)),
  }),
  logDays: some<RetentionDays>({
    takes: `one of ${LOG_DAYS.join(', ')}`,
    meaning: "retention of the functions' logs in days (default 30)",
    fallback: RetentionDays.ONE_MONTH,
    read: (text) => LOG_DAYS.find((days) => String(days) === text),
  }),
  alarms: some<boolean>({
    takes: 'true or false',
    meaning: 'alarms on failures (default true)',
    fallback: true,
    read: yesOrNo,
  }),
  alarmEmail: some<string | undefined>({
    takes: 'an e-mail address',
    meaning: 'address for alarm e-mails, which must confirm the SNS subscription (default: none)',
    fallback: undefined,
    read: matching(/^[^\s@]+@[^\s@]+$/),
  }),
  additionalMetrics: some<boolean>({
    takes: 'true or false',
    meaning: 'cache hit rate and origin latency on the dashboard, for which CloudWatch charges (default false)',
    fallback: false,
    read: yesOrNo,
  }),
}

type Table = typeof SETTINGS

/** The value of every setting. */
export type Settings = { readonly [Name in keyof Table]: Table[Name]['fallback'] }

/** Context keys of the CDK's own commands. All other keys of the CDK contain one of the characters `@ : / =`. */
const CDK_KEYS = ['acknowledged-issue-numbers', 'cli-telemetry']

/** Reads the settings from the app's context. Throws an error that says what is wrong and what is accepted. */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const names = Object.keys(SETTINGS)
  const isCdks = (name: string) => /[@:/=]/.test(name) || CDK_KEYS.includes(name)
  const unknown = Object.keys(context).filter((name) => !isCdks(name) && !names.includes(name))
  if (unknown.length) throw new Error(`${unknown.join(', ')}: unknown setting; the settings are ${names.join(', ')}`)
  const settings = Object.entries(SETTINGS).map(([name, row]) => [name, value(name, row, context[name])])
  return Object.fromEntries(settings) as Settings
}

function value(name: string, { takes, fallback, read }: Setting<unknown>, given: unknown): unknown {
  if (given === undefined) return fallback
  const text = String(given)
  const found = read(text)
  if (found === undefined) throw new Error(`${name} must be ${takes}; got ${JSON.stringify(text)}`)
  return found
}

/** Returns the rows as a Markdown table. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { takes, meaning }]) => `| \`${name}\` | ${takes} | ${meaning} |`)
  return ['| setting | takes | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
