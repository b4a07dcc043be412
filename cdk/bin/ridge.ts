import { App } from 'aws-cdk-lib'
import { makeStacks } from '../lib/stacks.ts'

try {
  const app = new App()
  makeStacks(app, process.env.CDK_DEFAULT_ACCOUNT)
  app.synth()
} catch (error) {
  // Which setting is wrong is the reader's business; a stack trace is not.
  console.error(`ridge: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
