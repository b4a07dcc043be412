// Translates a canonical path of Ridge, such as /w_800/h_600/fit_inside/q_80/webp, into calls of sharp.

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

/** Returns the path as `{ format, options }`, with the options as text. Throws if sharp has no counterpart. */
export function parse(path) {
  const segments = path.split('/').filter(Boolean)
  const format = segments.pop()
  if (!FORMATS.includes(format)) throw new Error(`sharp does not write ${format}`)
  const options = Object.fromEntries(segments.map((segment) => segment.split(/_(.*)/s, 2)))
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name))
  if (unknown) throw new Error(`sharp has no counterpart of ${unknown}`)
  return { format, options }
}

/** Returns the options with which the image must be opened. */
export function input({ format, options }) {
  const mayMove = formats.find(({ name }) => name === format).animation
  return { animated: mayMove && options.anim !== '0' }
}

/** Configures an opened image. Parameters that the path lacks have sharp's defaults. */
export function apply(picture, { format, options }) {
  const { w, h, fit, g = 'center', q, bg = 'ffffff', blur, sharpen, rot, flip = '', gray } = options
  const background = `#${bg}`
  picture.autoOrient()

  // sharp flips before it rotates, Ridge after it. A flip in one direction reverses the rotation; flips in both do not.
  if (rot) picture.rotate(flip.length === 1 ? 360 - Number(rot) : Number(rot))
  if (flip.includes('v')) picture.flip()
  if (flip.includes('h')) picture.flop()

  const width = w === 'auto' ? undefined : number(w)
  if (width || h) {
    if (fit === 'ratio') throw new Error('sharp has no counterpart of fit_ratio')
    const position = GRAVITY[g]
    if (!position) throw new Error(`sharp has no counterpart of g_${g}`)
    picture.resize({ width, height: number(h), fit, position, background, withoutEnlargement: true })
  }
  if (blur) picture.blur(number(blur))
  if (sharpen) picture.sharpen({ sigma: number(sharpen) })
  if (gray) picture.grayscale()
  if (format === 'jpeg') picture.flatten({ background })

  // sharp's quality for AVIF has another scale, so its default is used.
  const means = format === 'webp' || format === 'jpeg'
  return picture.toFormat(format, q && means ? { quality: number(q) } : {})
}

function number(text) {
  return text === undefined ? undefined : Number(text)
}
