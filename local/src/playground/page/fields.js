// A control for each kind of value. All of them are made of a parameter's row, `changed` is told the text that a URL
// would have (empty when the parameter is left out), and `show` is told the text that it has.

import { el, id } from './dom.js'

/** One of some words. Without a word that says nothing new, there is one more for leaving the parameter out. */
export function choice(param, label, changed) {
  const { choices } = param.takes
  const { default: standard } = param
  const texts = standard === null ? ['', ...choices] : choices
  const name = id()
  const group = el('div', { class: 'segments' })
  const inputs = texts.map((text) => {
    const said = text === standard ? '' : text
    const input = el('input', { type: 'radio', name, value: said, change: () => changed(said) })
    group.append(el('label', {}, input, el('span', {}, text || 'none')))
    return input
  })
  const element = el('fieldset', { class: 'field' }, legend(param, label), group)
  const show = (text) => {
    for (const input of inputs) input.checked = input.value === text || (text === standard && input.value === '')
  }
  return { element, show, inputs }
}

/** The one thing that can be said, or nothing. */
export function flag(param, label, changed) {
  const said = param.takes.value
  const input = el('input', { type: 'checkbox', change: () => changed(input.checked ? said : '') })
  const element = el(
    'div',
    { class: 'field' },
    el('label', { class: 'switch' }, input, ` ${label}`, code(param, label)),
  )
  const show = (text) => {
    input.checked = text === said
  }
  return { element, show, inputs: [input] }
}

/**
 * A number, typed or slid. `standard` tells what holds where it is left out; `limit` takes the most that the slider
 * offers, which may be less than what can be typed.
 */
export function range(param, label, changed, standard) {
  const { min, max, decimals = 0 } = param.takes
  const step = 10 ** -decimals
  const bounds = { max }
  let limited = false
  const number = textInput(label, changed, { inputmode: step < 1 ? 'decimal' : 'numeric', size: 5 })
  const slider = el('input', { type: 'range', min, max, step, 'aria-label': `${label}, slider` })
  slider.addEventListener('input', () => {
    number.input.value = String(Number(slider.value))
  })
  slider.addEventListener('change', () => changed(String(Number(slider.value))))
  const head = el('div', { class: 'head' }, number.label, code(param, label), number.clear)
  const element = el('div', { class: 'field range' }, head, number.input, slider)
  const show = (text) => {
    number.show(text)
    number.input.placeholder = standard() ?? 'none'
    const value = Number(text || standard()) ? text || standard() : null
    // Without a value nothing is done, which for a limit is at its top.
    slider.value = value ?? (limited ? bounds.max : min)
  }
  const limit = (most) => {
    limited = true
    bounds.max = Math.min(max, most)
    slider.max = bounds.max
  }
  return { element, show, limit, inputs: [number.input] }
}

/** A colour, picked or typed. */
export function color(param, label, changed) {
  const typed = textInput(label, changed, { size: 9, placeholder: 'none', spellcheck: 'false' })
  const picked = el('input', { type: 'color', 'aria-label': `${label}, picker` })
  picked.addEventListener('change', () => changed(picked.value.slice(1)))
  const head = el('div', { class: 'head' }, typed.label, code(param, label), typed.clear)
  const element = el('div', { class: 'field range' }, head, typed.input, picked)
  const show = (text) => {
    typed.show(text)
    picked.value = /^[0-9a-f]{6}/i.test(text) ? `#${text.slice(0, 6)}` : '#ffffff'
  }
  return { element, show, inputs: [typed.input] }
}

/** Any text, or text such as an example. */
export function text(param, label, changed) {
  const placeholder = param.takes.example ?? 'none'
  const typed = textInput(label, changed, { size: 12, placeholder, spellcheck: 'false' })
  const head = el('div', { class: 'head' }, typed.label, code(param, label), typed.clear)
  return { element: el('div', { class: 'field' }, head, typed.input), show: typed.show, inputs: [typed.input] }
}

/** One of many names; nothing where there are none. */
export function list(param, label, changed, names) {
  if (names.length === 0) return null
  const select = el('select', { id: id(), change: () => changed(select.value) })
  select.append(el('option', { value: '' }, 'none'), ...names.map((name) => el('option', { value: name }, name)))
  const head = el('div', { class: 'head' }, el('label', { for: select.id }, label), code(param, label))
  const show = (value) => {
    select.value = value
  }
  return { element: el('div', { class: 'field' }, head, select), show, inputs: [select] }
}

/** A line for text that takes effect a moment after the last key, with its label and a button that empties it. */
export function textInput(label, changed, properties) {
  const input = el('input', { id: id(), type: 'text', ...properties })
  let waiting = 0
  input.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => changed(input.value.trim()), 300)
  })
  const clear = el('button', { type: 'button', class: 'quiet', 'aria-label': `Leave out ${label}` }, '×')
  clear.addEventListener('click', () => {
    input.focus()
    changed('')
  })
  const show = (value) => {
    clear.hidden = value === ''
    // What is being typed may be ahead of what is shown.
    if (document.activeElement !== input || value === '' || input.value.trim() === '') input.value = value
  }
  return { input, clear, show, label: el('label', { for: input.id }, label) }
}

function legend(param, label) {
  return el('legend', {}, el('span', { class: 'head' }, label, code(param, label)))
}

/** The name that a URL has, where it is not the label already. */
function code(param, label) {
  return label.toLowerCase() === param.name ? null : el('code', { class: 'name', 'aria-hidden': 'true' }, param.name)
}
