import { App } from 'aws-cdk-lib'
import { makeStacks } from '../lib/stacks.ts'

try {
  const app = new App()
  makeStacks(app, process.env.CDK_DEFAULT_ACCOUNT)
  app.synth()
} catch (error) {
  // A stack trace would hide the message, which says which setting is wrong.
  console.error(`ridge: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
