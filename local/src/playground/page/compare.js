// The variant and the original: one over the other with a divider between them, or side by side.

import { el } from './dom.js'
import { focal } from './focal.js'

export class Compare {
  /** `pointed` is told of a focal point that was set in the original. */
  constructor(stage, pointed) {
    this.stage = stage
    this.before = el('img', { alt: '' })
    this.after = el('img', { alt: '' })
    this.divider = el('input', {
      type: 'range',
      min: 0,
      max: 100,
      value: 50,
      'aria-label': 'Divider: how much of the original is seen',
      input: () => this.divide(),
    })
    this.swipe = el(
      'div',
      { class: 'swipe' },
      this.after,
      this.before,
      el('span', { class: 'tag left', 'aria-hidden': 'true' }, 'Original'),
      el('span', { class: 'tag right', 'aria-hidden': 'true' }, 'Ridge'),
      this.divider,
    )
    this.source = el('img', { alt: '' })
    this.alone = el('img', { alt: '' })
    this.focal = focal(this.source, pointed)
    this.beside = el(
      'div',
      { class: 'beside' },
      el('figure', {}, this.focal.element, el('figcaption', {}, 'Original; click to set the focal point')),
      el('figure', {}, el('div', { class: 'frame' }, this.alone), el('figcaption', {}, 'Ridge')),
    )
    stage.append(this.swipe, this.beside)
    this.divide()
  }

  view(name) {
    this.swipe.hidden = name !== 'swipe'
    this.beside.hidden = name !== 'beside'
  }

  divide() {
    const part = `${this.divider.value}%`
    this.swipe.style.setProperty('--at', part)
    this.divider.setAttribute('aria-valuetext', `${part} original`)
  }

  /** The turned original. */
  showSource(picture, key) {
    show(this.source, picture, `Original of ${key}`)
  }

  /** What lies under the variant. */
  showReference(picture, key) {
    show(this.before, picture, `Original of ${key}`)
  }

  /** The variant, at the size that it has on a page with this device pixel ratio. */
  showVariant(picture, key, dpr) {
    for (const image of [this.after, this.alone]) {
      show(image, picture, `${key}, as Ridge made it`)
      image.width = Math.max(1, Math.round(picture.width / dpr))
      image.removeAttribute('height')
    }
    this.swipe.style.setProperty('--shape', `${picture.width} / ${picture.height}`)
  }

  /** Whether what is there does not belong to what is chosen. */
  fade(isFaded) {
    for (const part of this.stage.children) part.classList.toggle('faded', isFaded)
    this.swipe.classList.toggle('empty', !this.after.hasAttribute('src'))
  }
}

function show(image, picture, alt) {
  if (picture.src) image.src = picture.src
  else image.removeAttribute('src')
  image.alt = picture.src ? alt : (picture.text ?? `${alt}: this browser does not show its format`)
}
