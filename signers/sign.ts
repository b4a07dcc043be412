// Signs URLs for Ridge. Needs Node or any runtime with node:crypto.
import { createHmac } from 'node:crypto'

/** An entry of ridge.keys.json. */
export interface Key {
  readonly id: string
  /** Hexadecimal digits. */
  readonly secret: string
}

/** The parameters in the order of a canonical path. */
const ORDER = ['w', 'h', 'fit', 'g', 'q', 'bg', 'blur', 'sharpen', 'rot', 'flip', 'gray', 'anim', 'v']

/** Parameters that stand for others, which must be written out: what is signed is what they come to. */
const SHORTHAND = ['p', 'dpr', 'ar', 'd', 's', 't']

/**
 * Adds `exp` and `sig` to a URL such as `https://cdn.example.com/photos/cat.jpg?w=200&h=200`. `exp` is in seconds since
 * 1970. Write values as they stand in a canonical path (lower case, nothing at its default, `rot` and `flip` as one of the
 * 8 orientations), and sizes that the configuration's lists have.
 */
export function signUrl(url: string, exp: number, { id, secret }: Key): string {
  const code = createHmac('sha256', Buffer.from(secret, 'hex')).update(`${signedPath(url)}?exp=${exp}`).digest('hex')
  return `${url}${url.includes('?') ? '&' : '?'}exp=${exp}&sig=${id}.${code}`
}

/** The canonical path that a signature is over. Where the client decides the format, `auto` stands in its place. */
export function signedPath(url: string): string {
  const [, path = '', query = ''] = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)(?:\?([^#]*))?$/.exec(url) ?? []
  if (!path) throw new Error(`${url} is neither a URL nor a path`)
  const key = encodeURIComponent(decodeURIComponent(path))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const asked = new URLSearchParams(query)
  for (const name of SHORTHAND) {
    if (asked.has(name)) throw new Error(`${name}: write w, h and the other parameters out to sign them`)
  }
  const names = ORDER.filter((name) => asked.has(name))
  // A canonical path, or the original.
  if (!names.length && !asked.has('f')) return key
  if (names[0] !== 'w') names.unshift('w')
  const segments = names.map((name) => `${name}_${asked.get(name) ?? 'auto'}`)
  const format = (asked.get('f') ?? 'auto').replace(/^jpg$/, 'jpeg')
  return `/${segments.join('/')}/${format}${key}`
}
