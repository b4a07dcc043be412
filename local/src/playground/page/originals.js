// The picture before anything is done to it, and new ones.

import { ask, decoded, Refusal } from './ask.js'

/** Before an original's path: the original as it is, whatever the distribution would make of it. */
const ORIGINALS = '/-/originals'

/** The original: its bytes, its size in pixels, and an address to show it. */
export async function original(path, accept, maxWidth, signal) {
  const response = await fetch(ORIGINALS + path, { cache: 'no-store', signal })
  const blob = await response.blob()
  if (!response.ok) throw new Refusal(response.status, await blob.text())
  const shown = await decoded(blob)
  if (shown.src) return { bytes: blob.size, ...shown }
  // A format that no browser shows, such as TIFF.
  return { ...(await ask(`${path}?w=${maxWidth}&f=webp`, accept, signal)), bytes: blob.size }
}

/** Uploads a picture under its file's name; answers its key and path. */
export async function upload(file) {
  const name = encodeURIComponent(file.name.replaceAll('/', '-') || 'picture')
  const response = await fetch(`${ORIGINALS}/uploads/${name}`, {
    method: 'PUT',
    headers: { 'x-ridge-playground': '1' },
    body: file,
  })
  if (!response.ok) throw new Refusal(response.status, await response.text())
  return response.json()
}

/** The parameters that turn and mirror: what `g` speaks of comes after them. */
const TURNS = ['rot', 'flip']

/** The parameters that leave every pixel's place as it is. */
const LOOKS = ['blur', 'sharpen', 'gray', 'v']

/** The original turned as the variant is: what the focal point is set in. */
export async function turned(state, source, accept, signal) {
  const turns = TURNS.filter((name) => state.get(name))
  if (turns.length === 0) return source
  const query = turns.map((name) => `${name}=${state.get(name)}`).join('&')
  return ask(`${state.path}?w=1600&${query}&f=webp`, accept, signal)
}

/**
 * What lies exactly under the variant: the turned original, or where the variant has another shape, its twin without
 * effects and at full quality. In the same format: the decoder takes other shortcuts for other formats, and what `smart`
 * finds may be some pixels off.
 */
export async function reference(state, source, variant, accept, signal) {
  const off = Math.abs(variant.width * source.height - variant.height * source.width)
  if (off <= Math.max(source.width, source.height) && !state.get('p')) return source
  const changes = Object.fromEntries(LOOKS.map((name) => [name, '']))
  // What only tells of a picture has none to lie over.
  const format = variant.type.startsWith('image/') ? {} : { f: 'webp' }
  return ask(state.url({ ...changes, ...format, q: '100' }), accept, signal)
}
