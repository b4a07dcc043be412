// The addresses of the variant, and what to put into a page; all of it to copy.

import { el, segments } from './dom.js'
import * as markup from './markup.js'

const LANGUAGES = [
  ['img', 'HTML'],
  ['picture', '<picture>'],
  ['next', 'Next.js'],
]

export class Use {
  constructor(facts, state) {
    this.facts = facts
    this.state = state
    this.url = copied('URL', 'code')
    this.path = copied('Canonical path', 'code')
    this.snippet = copied('Code', 'pre')
    document.getElementById('addresses').append(this.url.element, this.path.element)
    document.getElementById('snippet').append(this.snippet.element)
    this.language = LANGUAGES[0][0]
    const choose = (language) => {
      this.language = language
      this.write()
    }
    segments(document.getElementById('languages'), 'language', LANGUAGES, choose)(this.language)
  }

  /** `variant` is null where there is none. */
  show(variant, source) {
    this.url.show(location.origin + this.state.url())
    // Only the server knows it.
    this.path.show(variant?.path ?? '')
    this.path.element.hidden = !variant?.path
    const dpr = Number(this.state.get('dpr')) || 1
    // What is told of a picture is not shown as one.
    const isShown = this.facts.formats.some(({ mime, holds }) => holds === 'picture' && mime === variant?.type)
    this.shown = isShown && {
      width: Math.round(variant.width / dpr),
      height: Math.round(variant.height / dpr),
      // A ratio without a width crops: wider candidates would have another ratio.
      most:
        (this.state.get('ar') && !this.state.get('w') && variant.width) || source.width || this.facts.config.maxWidth,
    }
    this.write()
  }

  write() {
    for (const part of ['languages', 'snippet']) document.getElementById(part).hidden = !this.shown
    if (!this.shown) return
    const { state, shown, facts } = this
    const makers = {
      img: () => markup.image(state, shown, facts, location.origin),
      picture: () => markup.picture(state, shown, facts, location.origin),
      next: () => markup.loader(state, facts, location.origin),
    }
    this.snippet.show(makers[this.language]())
  }
}

/** A text with a button that copies it. */
function copied(label, tag) {
  const shown = el(tag, { tabindex: 0, 'aria-label': label, role: 'group' })
  const button = el('button', { type: 'button', class: 'copy' }, 'Copy', el('span', { class: 'hidden' }, ` ${label}`))
  const word = button.firstChild
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent)
      word.textContent = 'Copied'
    } catch {
      // The browser does not let pages write there: select it, so that the keyboard can.
      getSelection().selectAllChildren(shown)
      word.textContent = 'Press Ctrl+C'
    }
    document.getElementById('status').textContent = `${label}: ${word.textContent}`
    setTimeout(() => {
      word.textContent = 'Copy'
    }, 1500)
  })
  const element = el(
    'div',
    { class: 'copied' },
    el('span', { class: 'what', 'aria-hidden': 'true' }, label),
    shown,
    button,
  )
  const show = (text) => {
    shown.textContent = text
  }
  return { element, show }
}
