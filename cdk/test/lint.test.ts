// cfn-lint contains CloudFormation's schemas, and refuses templates that CloudFormation would refuse.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { appWith, REPOSITORY, temporaryFolder, VARIANTS } from './app.ts'

const CFN_LINT = process.env.CFN_LINT ?? join(REPOSITORY, '.tools/python/bin/cfn-lint')

/** The rules that are violated, and why. */
const EXCEPT = {
  W3005: 'CDK says DependsOn where a reference says it already, which changes nothing.',
}

for (const [name, settings] of Object.entries(VARIANTS)) {
  test(`templates of ${name}`, () => {
    assert.ok(existsSync(CFN_LINT), `${CFN_LINT} is missing: run \`tools/setup.sh test\`, or name one in CFN_LINT`)
    const { app } = appWith(settings)
    for (const { templateFullPath } of app.synth().stacks) {
      const except = Object.keys(EXCEPT).flatMap((rule) => ['--ignore-checks', rule])
      const { status, stdout, stderr } = spawnSync(CFN_LINT, [...except, '--', templateFullPath])
      assert.equal(status, 0, `${stdout}${stderr}`)
    }
  })
}

test('an invalid template does not pass', () => {
  const { app } = appWith()
  const template = app.synth().stacks[0]?.template as { Resources: Record<string, { Type: string }> }
  const distribution = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::CloudFront::Distribution')
  Object.assign(distribution ?? {}, { Properties: { DistributionConfig: { Enabled: true, CacheTagConfg: {} } } })
  const file = join(temporaryFolder(), 'wrong.json')
  writeFileSync(file, JSON.stringify(template))
  const { status, stdout } = spawnSync(CFN_LINT, ['--', file])
  assert.notEqual(status, 0)
  assert.match(String(stdout), /CacheTagConfg/)
})
