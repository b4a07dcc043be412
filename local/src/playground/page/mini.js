// On a small screen, where the picture is out of sight while a parameter is changed: a little of it below.

import { bytes, el } from './dom.js'
import { formatName } from './figures.js'

export class Mini {
  /** `button` leads back to the `stage`, and is there while that is not to be seen. */
  constructor(button, stage) {
    this.image = el('img', { alt: '' })
    this.text = el('span', {})
    button.append(this.image, this.text)
    button.addEventListener('click', () => stage.scrollIntoView({ block: 'center' }))
    new IntersectionObserver(([entry]) => {
      // Above it is the strip of pictures, where nothing is changed.
      button.hidden = entry.isIntersecting || entry.boundingClientRect.top > 0
    }).observe(stage)
  }

  show(variant) {
    if (variant.src) this.image.src = variant.src
    const said = [formatName(variant.type), `${variant.width} × ${variant.height}`, bytes(variant.bytes)]
    this.text.textContent = said.join(', ')
  }
}
