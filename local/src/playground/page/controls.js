// The form: a control for each row of the table of parameters.

import { el, prose } from './dom.js'
import * as fields from './fields.js'
import { gravity } from './gravity.js'

/** What stands together. A parameter that is named nowhere here stands with the last. */
const GROUPS = [
  ['Preset', ['p']],
  ['Size', ['w', 'h', 'ar', 'dpr', 'fit']],
  ['Crop', ['g']],
  ['Format', ['f', 'q']],
  ['Look', ['blur', 'sharpen', 'gray', 'bg']],
  ['Turn', ['rot', 'flip']],
  ['More', []],
]

export class Controls {
  constructor(form, facts, state) {
    this.state = state
    this.fields = new Map()
    form.addEventListener('submit', (event) => event.preventDefault())
    const rest = facts.params.filter(({ name }) => GROUPS.every(([, names]) => !names.includes(name)))
    for (const [title, names] of GROUPS) {
      const params = names.map((name) => facts.params.find((param) => param.name === name)).filter(Boolean)
      if (title === 'More') params.push(...rest)
      const made = params.map((param) => this.field(param, facts)).filter(Boolean)
      if (made.length > 0) form.append(el('section', { class: 'group' }, el('h3', {}, title), ...made))
    }
    state.addEventListener('change', () => this.show())
    this.show()
  }

  field(param, facts) {
    const { config } = facts
    const { label } = param
    const changed = (text) => this.state.set({ [param.name]: text })
    const range = () => fields.range(param, label, changed, () => this.standard(param, config))
    const makers = {
      choice: () => fields.choice(param, label, changed),
      flag: () => fields.flag(param, label, changed),
      whole: range,
      decimal: range,
      point: () => gravity(param, label, changed),
      color: () => fields.color(param, label, changed),
      text: () => fields.text(param, label, changed),
      pair: () => fields.text(param, label, changed),
      preset: () => fields.list(param, label, changed, Object.keys(config.presets ?? {})),
    }
    const field = makers[param.takes.kind]()
    // Without presets there is nothing to choose.
    if (!field) return null
    const words = el(
      'p',
      { class: 'explained', id: `about-${param.name}` },
      ...prose(param.meaning),
      '. Takes ',
      param.values,
      '.',
    )
    field.element.append(words)
    const described = field.element.matches('fieldset') ? [field.element] : field.inputs
    for (const element of described) element.setAttribute('aria-describedby', words.id)
    this.fields.set(param.name, field)
    return field.element
  }

  /** What holds where a number is left out, as far as the configuration says. */
  standard(param, config) {
    if (param.name === 'q')
      return String(config.quality[this.state.get('f')] ?? config.quality[config.formats[0]] ?? config.quality.jpeg)
    // A size follows from the original's.
    return param.default ?? { w: 'auto', h: 'auto' }[param.name] ?? null
  }

  show() {
    for (const [name, field] of this.fields) field.show(this.state.get(name))
  }

  /** The original, turned as the variant is: its size limits what the sliders offer, and the focal point is set in it. */
  showSource(picture) {
    if (picture.width > 0) {
      this.fields.get('w')?.limit(picture.width)
      this.fields.get('h')?.limit(picture.height)
    }
    this.fields.get('g')?.showSource(picture)
    this.show()
  }

  /** Marks the field that a refusal speaks of: the server's words begin with the parameter's name. */
  blame(text) {
    const [name] = /^[a-z]+(?=[ =])/.exec(text) ?? []
    for (const [of, field] of this.fields) {
      for (const input of field.inputs) {
        if (of === name) input.setAttribute('aria-invalid', 'true')
        else input.removeAttribute('aria-invalid')
      }
    }
  }
}
