// A point in a picture, set by clicking.

import { el } from './dom.js'

/** The points of the compass, in percent from the left and from the top. */
export const COMPASS = {
  nw: [0, 0],
  n: [50, 0],
  ne: [100, 0],
  w: [0, 50],
  center: [50, 50],
  e: [100, 50],
  sw: [0, 100],
  s: [50, 100],
  se: [100, 100],
}

/** A gravity's point, where one is known without looking at the picture. */
export function pointOf(gravity) {
  if (gravity in COMPASS) return COMPASS[gravity]
  const numbers = gravity.split('.').map(Number)
  return numbers.length === 2 && numbers.every((number) => number >= 0 && number <= 100) ? numbers : null
}

/**
 * Puts a mark over an image, which follows clicks. For the mouse: who uses the keyboard has fields for both numbers.
 * `mark` shows a point, or none.
 */
export function focal(image, pointed) {
  const cross = el('span', { class: 'cross', 'aria-hidden': 'true', hidden: true })
  const pick = (event) => {
    const box = image.getBoundingClientRect()
    const percent = (from, start, length) => Math.round(Math.min(1, Math.max(0, (from - start) / length)) * 100)
    pointed(percent(event.clientX, box.left, box.width), percent(event.clientY, box.top, box.height))
  }
  const element = el('div', { class: 'focal', click: pick }, image, cross)
  const mark = (point) => {
    cross.hidden = point === null
    if (point !== null) {
      cross.style.left = `${point[0]}%`
      cross.style.top = `${point[1]}%`
    }
  }
  return { element, mark }
}
