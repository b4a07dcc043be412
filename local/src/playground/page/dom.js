// Elements, and numbers for people.

/** Makes an element. A property's value is set as an attribute, a function's as a listener; `false` and `null` are left out. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

/** Text with its `code` marked as such. */
export function prose(text) {
  return text.split('`').map((part, index) => (index % 2 ? el('code', {}, part) : part))
}

/** A choice of one, shown in a row. Answers a function that sets it. */
export function segments(fieldset, name, choices, chosen) {
  const inputs = choices.map(([value, label]) => {
    const input = el('input', { type: 'radio', name, value, change: () => chosen(value) })
    fieldset.append(el('label', {}, input, el('span', {}, label)))
    return input
  })
  return (value) => {
    for (const input of inputs) input.checked = input.value === value
  }
}

/** Bytes in decimal units, as file managers and browsers have them. */
export function bytes(count) {
  const unit = count < 1e3 ? ['byte', 1] : count < 1e6 ? ['kilobyte', 1e3] : ['megabyte', 1e6]
  const format = { style: 'unit', unit: unit[0], maximumSignificantDigits: 3 }
  return new Intl.NumberFormat('en-GB', format).format(count / unit[1])
}

/** Milliseconds. */
export function milliseconds(time) {
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`
}

let ids = 0

/** An id that nothing else has. */
export function id() {
  ids += 1
  return `id-${ids}`
}
