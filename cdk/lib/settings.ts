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
  /** `undefined` for text that is none of what it takes. */
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

/** One row for each setting; the table in cdk/README.md is made from it. */
export const SETTINGS = {
  name: some<string>({
    takes: 'a stack name',
    meaning: 'what the stacks are called; another name is another deployment',
    fallback: 'Ridge',
    read: matching(/^[A-Za-z][A-Za-z0-9-]{0,100}$/),
  }),
  config: some<string>({
    takes: 'a path',
    meaning: 'the configuration; it must be the one in the packages (default `ridge.json`)',
    fallback: DEFAULT_CONFIG,
    read: (text) => resolve(text),
  }),
  keys: some<string | undefined>({
    takes: 'a path',
    meaning:
      'the keys of signatures, where the configuration has `signing`; they must be in the packages (default: none)',
    fallback: undefined,
    read: (text) => resolve(text),
  }),
  packages: some<string>({
    takes: 'a path',
    meaning: 'the folder that holds the packages (default `dist`)',
    fallback: DEFAULT_PACKAGES,
    read: (text) => resolve(text),
  }),
  bucketName: some<string | undefined>({
    takes: "a bucket's name",
    meaning: 'use a bucket that is there already; `bucketRegion` says where (default: a new one)',
    fallback: undefined,
    read: matching(/./),
  }),
  bucketRegion: some<string | undefined>({
    takes: 'a region',
    meaning: 'where the bucket is, or is made (default for a new one: `us-east-1`)',
    fallback: undefined,
    read: matching(REGION),
  }),
  variantDays: some<number | undefined>({
    takes: 'a whole number of at least 1',
    meaning: `days that a variant is stored in a bucket of its own (default ${VARIANT_DAYS})`,
    fallback: undefined,
    read: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined),
  }),
  variantWriters: some<string[] | undefined>({
    takes: 'ARNs of roles or users with commas between them',
    meaning:
      'who may write variants into a bucket of its own beside `origin-response`, for `ridge warm` (default: nobody)',
    fallback: undefined,
    read: (text) => (WRITERS.test(text) ? text.split(',') : undefined),
  }),
  domainNames: some<string[] | undefined>({
    takes: 'names with commas between them',
    meaning: "names of your own; needs `certificateArn` (default: CloudFront's name)",
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
    meaning: 'in how much of the world CloudFront answers (default 100: North America and Europe)',
    fallback: PriceClass.PRICE_CLASS_100,
    read: (text) => PRICE_CLASSES.get(text),
  }),
  httpVersion: some<HttpVersion>({
    takes: HTTP_VERSIONS.join(', '),
    meaning:
      "what CloudFront speaks with viewers, HTTP/1.1 beside it always; CloudFront's continuous deployment excludes HTTP/3 " +
      '(default http2and3)',
    fallback: HttpVersion.HTTP2_AND_3,
    read: (text) => HTTP_VERSIONS.find((version) => version === text),
  }),
  originShield: some<Shield>({
    takes: 'true, false or a region',
    meaning: 'Origin Shield, and with it where `origin-response` runs (default true: in or near `bucketRegion`)',
    fallback: true,
    read: (text) => yesOrNo(text) ?? matching(REGION)(text),
  }),
  purge: some<PurgeMode>({
    takes: 'true, false or paths',
    meaning: 'CloudFront forgets an original that changed; `paths` does without cache tags (default true)',
    fallback: true,
    read: (text) => (text === 'paths' ? text : yesOrNo(text)),
  }),
  logDays: some<RetentionDays>({
    takes: `one of ${LOG_DAYS.join(', ')}`,
    meaning: "days that the functions' logs are kept (default 30)",
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
    meaning: 'who is told of an alarm; AWS asks there first (default: nobody)',
    fallback: undefined,
    read: matching(/^[^\s@]+@[^\s@]+$/),
  }),
  additionalMetrics: some<boolean>({
    takes: 'true or false',
    meaning: 'cache hit rate and origin latency on the dashboard, which CloudWatch charges for (default false)',
    fallback: false,
    read: yesOrNo,
  }),
}

type Table = typeof SETTINGS

/** The value of every setting. */
export type Settings = { readonly [Name in keyof Table]: Table[Name]['fallback'] }

/** What CDK's own commands keep in the context; all else of CDK's has one of the characters `@ : / =`. */
const CDK_KEYS = ['acknowledged-issue-numbers', 'cli-telemetry']

/** Reads the app's context. Throws an error that names what is wrong and what would be right. */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const names = Object.keys(SETTINGS)
  const isCdks = (name: string) => /[@:/=]/.test(name) || CDK_KEYS.includes(name)
  const unknown = Object.keys(context).filter((name) => !isCdks(name) && !names.includes(name))
  if (unknown.length) throw new Error(`${unknown.join(', ')}: no such setting; there are ${names.join(', ')}`)
  const settings = Object.entries(SETTINGS).map(([name, row]) => [name, value(name, row, context[name])])
  return Object.fromEntries(settings) as Settings
}

function value(name: string, { takes, fallback, read }: Setting<unknown>, given: unknown): unknown {
  if (given === undefined) return fallback
  const text = String(given)
  const found = read(text)
  if (found === undefined) throw new Error(`${name}: ${JSON.stringify(text)} is not right; it takes ${takes}`)
  return found
}

/** The rows as a Markdown table. */
export function settingsTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { takes, meaning }]) => `| \`${name}\` | ${takes} | ${meaning} |`)
  return ['| setting | takes | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n')
}
