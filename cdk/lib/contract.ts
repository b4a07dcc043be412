// What the functions and the stack must agree on. The functions' own test writes the JSON file.
import { readFileSync } from 'node:fs'

interface Contract {
  readonly headers: {
    /** The response header from which CloudFront takes the tags of what it caches, to invalidate by. */
    readonly cacheTag: string
    /** The origin's custom headers with the bucket's name and region. */
    readonly bucket: string
    readonly region: string
    /** The value of `Content-Security-Policy`. */
    readonly contentSecurityPolicy: string
  }
  readonly functions: Readonly<
    Record<
      'viewer-request' | 'origin-response' | 'purge',
      { readonly memoryMb: number; readonly timeoutSeconds: number }
    >
  >
  /** Each error of the functions: its status and how long caches keep it. */
  readonly errors: Readonly<Record<string, { readonly status: number; readonly cacheSeconds: number }>> & {
    readonly missing: { readonly status: number; readonly cacheSeconds: number }
  }
  /** The object tag of stored variants. */
  readonly variantTag: Readonly<Record<string, string>>
}

export const contract = JSON.parse(readFileSync(new URL('contract.json', import.meta.url), 'utf8')) as Contract
