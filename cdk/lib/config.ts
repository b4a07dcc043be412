// Reads ridge.json, and validates it against the JSON Schema generated from the Rust type.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'

/** The content of a valid ridge.json. Only the functions interpret it; the CDK app compares it. */
export type Config = Readonly<Record<string, unknown>>

const REPOSITORY = new URL('../../', import.meta.url)
const SCHEMA = fileURLToPath(new URL('ridge.schema.json', REPOSITORY))

/** The repository's configuration, which `make package` uses by default. */
export const DEFAULT_CONFIG = fileURLToPath(new URL('ridge.json', REPOSITORY))

/** The folder that `make package` writes to. */
export const DEFAULT_PACKAGES = fileURLToPath(new URL('dist', REPOSITORY))

/** Reads and validates a file. Throws an error with each invalid field, its value, and what is accepted. */
export function readConfig(file: string): Config {
  const config = parseJson(file, readFileOrSay(file))
  const check = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true }).compile<Config>(
    parseJson(SCHEMA, readFileSync(SCHEMA, 'utf8')) as object,
  )
  if (check(config)) return config
  // The error about a whole choice is clearer than those about its alternatives.
  const errors = (check.errors ?? []).filter((error) => !error.schemaPath.includes('/oneOf/'))
  const lines = new Set(errors.map((error) => `${file}: ${explain(error)}`))
  throw new Error([...lines].join('\n'))
}

/** Parses JSON text. Throws an error that names its source. */
export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${name}: not JSON: ${(error as Error).message}`)
  }
}

function readFileOrSay(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`config: ${file} cannot be read: ${(error as Error).message}`)
  }
}

interface FieldSchema {
  type?: string | string[]
  minimum?: number
  maximum?: number
  properties?: object
  items?: { enum?: string[] }
  oneOf?: { const?: string }[]
}

function explain({ instancePath, keyword, params, data, parentSchema }: ErrorObject): string {
  const path = instancePath.slice(1).replaceAll('/', '.')
  const field = path || 'the file'
  const schema = (parentSchema ?? {}) as FieldSchema
  const value = JSON.stringify(data)
  switch (keyword) {
    case 'additionalProperties': {
      const name = [path, params.additionalProperty].filter(Boolean).join('.')
      return `${name}: unknown field; known are ${Object.keys(schema.properties ?? {}).join(', ')}`
    }
    case 'enum':
      return `${field}: ${value} is not one of ${params.allowedValues.join(', ')}`
    case 'oneOf':
      return `${field}: ${value} is not one of ${(schema.oneOf ?? []).map((choice) => choice.const).join(', ')}`
    case 'pattern':
      return `${field}: ${value} does not match ${params.pattern}`
    case 'propertyNames':
      return `${field}: the name ${JSON.stringify(params.propertyName)} is not right`
    case 'uniqueItems':
      return `${field}: ${JSON.stringify((data as unknown[])[params.i])} is listed twice`
  }
  if (schema.type === 'integer') {
    return `${field}: ${value} is not a whole number from ${schema.minimum} to ${schema.maximum}`
  }
  return `${field}: ${value} is not of the type ${[schema.type].flat().join(' or ')}`
}
