// The pictures to choose from, and a place for one's own.

import { ask } from './ask.js'
import { el } from './dom.js'
import { original, upload } from './originals.js'

export class Pictures {
  /** `chosen` gets a picture's path; `refused` what the server says to an upload. */
  constructor(list, facts, accept, { chosen, refused }) {
    this.list = list
    this.accept = accept
    this.chosen = chosen
    this.refused = refused
    this.buttons = new Map()
    if (facts.takesUploads) this.takeUploads()
    for (const picture of facts.pictures) list.append(this.tile(picture))
  }

  /** A button for one picture; its thumbnail comes when the tile is in sight. */
  tile({ key, path }) {
    const image = el('img', { alt: '', width: 96, height: 72 })
    const button = el(
      'button',
      { type: 'button', class: 'tile', title: key, 'aria-label': key, click: () => this.chosen(path) },
      image,
      el('span', { 'aria-hidden': 'true' }, key.split('/').pop()),
    )
    this.buttons.set(path, button)
    new IntersectionObserver((entries, observer) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        observer.disconnect()
        this.thumbnail(path)
      }
    }).observe(button)
    return el('li', {}, button)
  }

  async thumbnail(path) {
    const image = this.buttons.get(path).querySelector('img')
    try {
      // Where the policy does not allow that size, the original does.
      const thumbnail = ask(`${path}?w=192&h=144`, this.accept()).catch(() => original(path, this.accept(), 192))
      const { src } = await thumbnail
      if (src) image.src = src
    } catch {
      // The name stands below it; what is wrong is told when the picture is chosen.
      image.removeAttribute('src')
    }
  }

  /** Marks the picture that is chosen. */
  show(path) {
    for (const [of, button] of this.buttons) button.setAttribute('aria-pressed', String(of === path))
    this.buttons.get(path)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }

  takeUploads() {
    const input = el('input', { type: 'file', accept: 'image/*', class: 'hidden', id: 'file' })
    input.addEventListener('change', () => {
      if (input.files.length > 0) this.upload(input.files[0])
      input.value = ''
    })
    const face = [el('span', { class: 'plus', 'aria-hidden': 'true' }, '+'), el('span', {}, 'Add a picture')]
    this.list.append(el('li', {}, input, el('label', { for: 'file', class: 'tile add' }, ...face)))
    this.takeDrops()
  }

  takeDrops() {
    const overlay = document.getElementById('drop')
    const hasFile = (event) => event.dataTransfer.types.includes('Files')
    addEventListener('dragover', (event) => {
      if (!hasFile(event)) return
      event.preventDefault()
      overlay.hidden = false
    })
    addEventListener('dragleave', (event) => {
      // Between two elements of the page there is a related target; out of the window there is none.
      if (event.relatedTarget === null) overlay.hidden = true
    })
    addEventListener('drop', (event) => {
      if (!hasFile(event)) return
      event.preventDefault()
      overlay.hidden = true
      if (event.dataTransfer.files.length > 0) this.upload(event.dataTransfer.files[0])
    })
  }

  async upload(file) {
    try {
      const picture = await upload(file)
      if (this.buttons.has(picture.path)) this.thumbnail(picture.path)
      else this.list.firstElementChild.after(this.tile(picture))
      this.chosen(picture.path)
    } catch (error) {
      this.refused(`${file.name}: ${error.message}`)
    }
  }
}
