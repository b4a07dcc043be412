// One picture in every format and several sizes.

import { ask } from './ask.js'
import { bytes, el } from './dom.js'
import { formatName } from './figures.js'
import { ladder } from './markup.js'

/** Which of the widths that suit are shown: the smallest, the middle and the largest. */
const PARTS = [0, 0.5, 1]

/** How many pictures are asked for at once: some formats take their time. */
const AT_ONCE = 2

export class Grid {
  constructor(stage, facts, state) {
    this.facts = facts
    this.state = state
    this.formats = facts.formats.filter((format) => format.holds === 'picture')
    this.element = el('div', { class: 'grid', role: 'region', 'aria-label': 'All formats and sizes', tabindex: 0 })
    stage.append(this.element)
  }

  /** Asks for all of them; resolves when the last is there. */
  async fill(source, accept, signal) {
    const all = ladder(this.facts, source.width || 1600)
    // Where no width may be asked for, there is the one that there is.
    const widths = [...new Set(PARTS.map((part) => all[Math.round((all.length - 1) * part)] ?? null))]
    const rows = widths.map((width) => ({ width, cells: this.formats.map((format) => this.cell(format, width)) }))
    const head = this.formats.map((format) => el('th', { scope: 'col' }, formatName(format.mime)))
    const body = rows.map(({ width, cells }) =>
      el('tr', {}, el('th', { scope: 'row' }, sizeName(width)), ...cells.map((cell) => cell.element)),
    )
    this.element.replaceChildren(
      el(
        'table',
        {},
        el('caption', {}, `${decodeURIComponent(this.state.path.slice(1))} in all formats; choose one to look at it`),
        el('thead', {}, el('tr', {}, el('td', {}), ...head)),
        el('tbody', {}, ...body),
      ),
    )
    const waiting = rows.flatMap((row) => row.cells)
    const next = async () => {
      for (let cell = waiting.shift(); cell && !signal.aborted; cell = waiting.shift()) await cell.load(accept, signal)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, next))
    for (const row of rows) markSmallest(row.cells)
  }

  cell(format, width) {
    const size = width === null ? {} : { w: String(width), h: this.height(width) }
    const changes = { ...size, dpr: '', f: format.name }
    const image = el('img', { alt: '' })
    const weight = el('b', {}, '…')
    const more = el('small', {})
    const choose = () => {
      this.state.choose({ view: 'swipe' })
      this.state.set(changes)
    }
    const name = el('span', { class: 'hidden' }, `${formatName(format.mime)}, ${sizeName(width)}: `)
    const button = el('button', { type: 'button', click: choose }, image, name, weight, more)
    const cell = { element: el('td', {}, button), bytes: Number.POSITIVE_INFINITY, more }
    cell.load = async (accept, signal) => {
      try {
        const answer = await ask(this.state.url(changes), accept, signal)
        cell.bytes = answer.bytes
        if (answer.src) image.src = answer.src
        weight.textContent = bytes(answer.bytes)
        more.textContent = `${answer.width} × ${answer.height}`
        // The server may answer another format, where the one that was asked for takes too long.
        if (answer.type !== format.mime) more.textContent += `, ${formatName(answer.type)}`
      } catch (error) {
        if (signal.aborted) return
        weight.textContent = 'refused'
        more.textContent = error.message
      }
    }
    return cell
  }

  /** The height that keeps the box's shape at another width. */
  height(width) {
    const [w, h] = [this.state.get('w'), this.state.get('h')].map(Number)
    return w > 0 && h > 0 ? String(Math.max(1, Math.round((h * width) / w))) : ''
  }
}

function sizeName(width) {
  return width === null ? 'as it is' : `${width} px`
}

function markSmallest(cells) {
  const least = Math.min(...cells.map((cell) => cell.bytes))
  for (const cell of cells) {
    if (cell.bytes === least && Number.isFinite(least)) {
      cell.element.classList.add('least')
      cell.more.textContent += ', smallest'
    }
  }
}
