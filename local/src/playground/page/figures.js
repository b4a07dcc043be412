// What an answer says about itself: bytes, size, format, where it was found, and how long each stage took.

import { bytes, el, milliseconds } from './dom.js'
import { facts } from './facts.js'

/** How it was found, in words. */
const FOUND = {
  Hit: 'from the cache',
  Miss: 'not in the cache',
  Refresh: 'in the cache, and checked',
  Joined: 'made for another request just now',
}

const NAMES = new Map(facts.formats.map(({ mime, label }) => [mime, label]))

/** A media type as people say it; an original's may be none that is written. */
export function formatName(type) {
  return NAMES.get(type) ?? type.replace(/^image\//, '').toUpperCase()
}

/** How a variant's bytes stand to its original's. */
export function saving(variant, original) {
  const part = Math.round((1 - variant / original) * 100)
  if (part === 0) return 'as large as the original'
  return part > 0 ? `${part} % smaller` : `${-part} % larger`
}

export class Figures {
  constructor(list, stages, status) {
    this.list = list
    this.stages = stages
    this.status = status
  }

  show(variant, original, isAuto) {
    const format = formatName(variant.type)
    const size = variant.width > 0 ? `${variant.width} × ${variant.height}` : 'not shown here'
    const had = original.width > 0 ? `of ${original.width} × ${original.height}` : ''
    const how = isAuto ? 'negotiated' : 'asked for'
    const less = saving(variant.bytes, original.bytes)
    const entries = [
      ['Bytes', bytes(variant.bytes), `of ${bytes(original.bytes)}`, 'bytes'],
      ['Saving', less.split(' %')[0] + (less.includes('%') ? ' %' : ''), less.split('% ')[1] ?? '', 'saving'],
      ['Pixels', size, had, 'pixels'],
      ['Format', format, how, 'format'],
      ['Cache', variant.found, `${milliseconds(variant.time)} in all`, 'found'],
    ]
    const made = entries.map(([name, value, more, what]) =>
      el('div', { 'data-figure': what }, el('dt', {}, name), el('dd', {}, value, el('small', {}, more))),
    )
    this.list.replaceChildren(...made)
    this.bar(variant)
    const found = FOUND[variant.found] ?? variant.found
    this.status.textContent = `${format}, ${size} pixels, ${bytes(variant.bytes)}, ${less}; ${found}.`
  }

  /** The stages as parts of a line, with a legend. */
  bar({ stages, found }) {
    if (stages.length === 0) {
      const why = found === 'Miss' ? 'It was in S3 already, so nothing was made.' : ''
      this.stages.replaceChildren(...(why ? [el('p', {}, why)] : []))
      return
    }
    const total = stages.reduce((sum, stage) => sum + stage.time, 0)
    const title = found === 'Hit' ? 'Made earlier, in' : 'Made in'
    const parts = stages.map(({ time }, index) => {
      const part = el('span', { class: `part part-${index % 6}` })
      part.style.flexGrow = String(Math.max(time, total / 200))
      return part
    })
    const legend = stages.map(({ name, time }, index) =>
      el(
        'li',
        {},
        el('i', { class: `part-${index % 6}`, 'aria-hidden': 'true' }),
        `${name} `,
        el('b', {}, milliseconds(time)),
      ),
    )
    this.stages.replaceChildren(
      el('p', {}, `${title} `, el('b', {}, milliseconds(total))),
      el('div', { class: 'line', 'aria-hidden': 'true' }, ...parts),
      el('ul', {}, ...legend),
    )
  }

  clear() {
    this.list.replaceChildren()
    this.stages.replaceChildren()
    this.status.textContent = ''
  }
}
