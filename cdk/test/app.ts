// Creates apps for the tests, with the context of cdk.json.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { DEFAULT_PACKAGES } from '../lib/config.ts'
import { RidgeImages, type RidgeImagesProps } from '../lib/ridge-images.ts'
import { makeStacks } from '../lib/stacks.ts'

export const CDK = fileURLToPath(new URL('..', import.meta.url))
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

/** The packages under test: those of `make package`, or another folder. */
export const PACKAGES = process.env.RIDGE_PACKAGES ?? DEFAULT_PACKAGES

// The CDK's own validation of templates takes seconds in each process. Tests of their own run `cdk synth` and cfn-lint.
process.env.CDK_VALIDATION = 'false'

export const ACCOUNT = '123456789012'

const { context } = JSON.parse(readFileSync(join(CDK, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> }

const temporary = mkdtempSync(join(tmpdir(), 'ridge-cdk-'))
process.on('exit', () => rmSync(temporary, { recursive: true }))
let folders = 0

/** Returns a new folder, which is removed after the tests. */
export function temporaryFolder(): string {
  folders += 1
  const folder = join(temporary, String(folders))
  mkdirSync(folder)
  return folder
}

export function newApp(settings: Record<string, unknown> = {}): App {
  return new App({ context: { ...context, packages: PACKAGES, ...settings }, outdir: temporaryFolder() })
}

/** Returns the app of bin/ridge.ts, with settings as `-c` passes them. */
export function appWith(settings: Record<string, unknown> = {}, account: string | undefined = ACCOUNT) {
  const app = newApp(settings)
  return { app, stack: makeStacks(app, account) }
}

export function templateWith(settings: Record<string, unknown> = {}): Template {
  return Template.fromStack(appWith(settings).stack)
}

/** Returns the construct alone, as in an app of your own. */
export function imagesWith(props: RidgeImagesProps = {}, region = 'us-east-1') {
  const stack = new Stack(new App({ context, outdir: temporaryFolder() }), 'Own', { env: { account: ACCOUNT, region } })
  return { stack, images: new RidgeImages(stack, 'Images', { packages: PACKAGES, ...props }) }
}

/** Returns a role's permissions. Resources are text; the deployment fills in `<Id.Attribute>`. */
export function allowed(template: Template, role: string) {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith(role))
  assert.equal(policies.length, 1)
  const text = (value: unknown): string => {
    if (typeof value === 'string') return value
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>
    if (Ref) return `<${Ref}>`
    if (attribute) return `<${(attribute as string[]).join('.')}>`
    return (join as [string, unknown[]])[1].map(text).join('')
  }
  type Statement = { Sid?: string; Effect: string; Action: unknown; Resource: unknown; Condition?: object }
  const statements: Statement[] = policies[0]?.[1].Properties.PolicyDocument.Statement
  return statements.map(({ Sid, Effect, Action, Resource, Condition, ...rest }) => {
    assert.deepEqual([Effect, rest], ['Allow', {}])
    // Logical IDs end with a hash.
    const resource = [Resource].flat().map((one) => text(one).replace(/[0-9A-F]{8}(?=[.>])/g, ''))
    return {
      ...(Sid ? { Sid } : {}),
      Action: [Action].flat(),
      Resource: resource,
      ...(Condition ? { Condition } : {}),
    }
  })
}

/** The condition that a bucket belongs to the stack's own account. */
export const OWN = { StringEquals: { 'aws:ResourceAccount': ACCOUNT } }

/** The keys of variants, as policies contain them. */
export const VARIANT_KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
  .map((digit) => `w_${digit}*/*`)
  .concat('w_auto/*')

/** Settings that together create every kind of resource, for tests of all templates. */
export const VARIANTS: Readonly<Record<string, Record<string, unknown>>> = {
  default: {},
  'a bucket in another region': { bucketRegion: 'eu-west-3' },
  'a bucket that is there': { bucketName: 'pictures', bucketRegion: 'eu-central-1' },
  'everything on': {
    domainNames: 'a.example.com,b.example.com',
    certificateArn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000`,
    alarmEmail: 'alarms@example.com',
    additionalMetrics: true,
    priceClass: 'all',
    variantDays: 7,
    logDays: 7,
  },
  'a bucket elsewhere, with mail': {
    bucketName: 'pictures',
    bucketRegion: 'eu-central-1',
    alarmEmail: 'me@example.com',
  },
  'everything off': { alarms: false, originShield: false, purge: false },
}
