// Reads a canonical path of Ridge, such as /w_800/h_600/fit_inside/q_80/webp, as calls to sharp.

import { readFileSync } from 'node:fs'

const GRAVITY = {
  center: 'centre',
  n: 'north',
  ne: 'northeast',
  e: 'east',
  se: 'southeast',
  s: 'south',
  sw: 'southwest',
  w: 'west',
  nw: 'northwest',
}

const { params, formats } = JSON.parse(readFileSync(new URL('../params.json', import.meta.url), 'utf8'))
const FORMATS = formats.filter(({ holds }) => holds === 'picture').map(({ name }) => name)
const OPTIONS = params.filter(({ place }) => place === 'segment').map(({ name }) => name)

/** The path as `{ format, options }`, the options still as text. Throws where sharp has no counterpart. */
export function parse(path) {
  const segments = path.split('/').filter(Boolean)
  const format = segments.pop()
  if (!FORMATS.includes(format)) throw new Error(`sharp does not write ${format}`)
  const options = Object.fromEntries(segments.map((segment) => segment.split(/_(.*)/s, 2)))
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown) throw new Error(`sharp has no counterpart of ${unknown}`)
  return { format, options }
}

/** What the picture must be opened with. */
export function input({ format, options }) {
  const mayMove = formats.find(({ name }) => name === format).animation
  return { animated: mayMove && options.anim !== '0' }
}

/** Sets up an opened picture. What the path does not say is sharp's default. */
export function apply(picture, { format, options }) {
  const { w, h, fit, g = 'center', q, bg = 'ffffff', blur, sharpen, rot, flip = '', gray } = options
  const background = `#${bg}`
  picture.autoOrient()

  // sharp mirrors before it turns and Ridge after: one mirror between them reverses the turn, two do not.
  if (rot) picture.rotate(flip.length === 1 ? 360 - Number(rot) : Number(rot))
  if (flip.includes('v')) picture.flip()
  if (flip.includes('h')) picture.flop()

  const width = w === 'auto' ? undefined : number(w)
  if (width || h) {
    const position = GRAVITY[g]
    if (!position) throw new Error(`sharp has no counterpart of g_${g}`)
    picture.resize({ width, height: number(h), fit, position, background, withoutEnlargement: true })
  }
  if (blur) picture.blur(number(blur))
  if (sharpen) picture.sharpen({ sigma: number(sharpen) })
  if (gray) picture.grayscale()
  if (format === 'jpeg') picture.flatten({ background })

  // sharp's quality of AVIF is on a scale of its own, so its default stands.
  const means = format === 'webp' || format === 'jpeg'
  return picture.toFormat(format, q && means ? { quality: number(q) } : {})
}

function number(text) {
  return text === undefined ? undefined : Number(text)
}
