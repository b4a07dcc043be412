// What a crop keeps: a point of the compass, a focal point, or what the server finds by looking.

import { el, id } from './dom.js'
import { textInput } from './fields.js'
import { COMPASS, focal, pointOf } from './focal.js'

/** Arrows for the eye; the words are for the rest. */
const ARROWS = { nw: '↖', n: '↑', ne: '↗', w: '←', center: '•', e: '→', sw: '↙', s: '↓', se: '↘' }

const WORDS = {
  nw: 'top left',
  n: 'top',
  ne: 'top right',
  w: 'left',
  center: 'centre',
  e: 'right',
  sw: 'bottom left',
  s: 'bottom',
  se: 'bottom right',
}

export function gravity(param, label, changed) {
  const { choices } = param.takes
  const { default: standard } = param
  const name = id()
  const inputs = []
  const radio = (text, face, words) => {
    const said = text === standard ? '' : text
    const input = el('input', { type: 'radio', name, value: said, 'aria-label': words, change: () => changed(said) })
    inputs.push(input)
    return el('label', { title: words }, input, el('span', {}, face))
  }
  const compass = Object.keys(COMPASS).filter((text) => choices.includes(text))
  const others = choices.filter((text) => !(text in COMPASS))
  const nine = el('div', { class: 'compass' }, ...compass.map((text) => radio(text, ARROWS[text], WORDS[text])))
  const more = el('div', { class: 'segments' }, ...others.map((text) => radio(text, text, text)))

  const image = el('img', { alt: 'Original: click to set the focal point' })
  const point = (x, y) => changed(`${x}.${y}`)
  const { element: picker, mark } = focal(image, point)
  const typed = () => (x.input.value && y.input.value ? point(x.input.value.trim(), y.input.value.trim()) : changed(''))
  const x = textInput('From the left, %', typed, { inputmode: 'numeric', size: 3 })
  const y = textInput('From the top, %', typed, { inputmode: 'numeric', size: 3 })
  const numbers = el('div', { class: 'point' }, x.label, x.input, y.label, y.input)

  const head = el('span', { class: 'head' }, label, el('code', { class: 'name', 'aria-hidden': 'true' }, param.name))
  const element = el(
    'fieldset',
    { class: 'field gravity' },
    el('legend', {}, head),
    el('div', { class: 'places' }, nine, el('div', {}, more, numbers)),
    picker,
  )
  const show = (text) => {
    const found = pointOf(text || standard)
    for (const input of inputs) input.checked = input.value === text || (text === standard && input.value === '')
    mark(found)
    x.show(found ? String(found[0]) : '')
    y.show(found ? String(found[1]) : '')
  }
  /** The picture that the point is set in. */
  const showSource = (picture) => {
    if (picture.src) image.src = picture.src
  }
  return { element, show, showSource, inputs: [x.input, y.input] }
}
