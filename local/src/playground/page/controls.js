// The form: a control for each row of the table of parameters.

import { el, prose } from './dom.js'
import * as fields from './fields.js'
import { gravity } from './gravity.js'

/** What stands together. A parameter that is named nowhere here stands with the last. */
const GROUPS = [
  ['Preset', ['p']],
  ['Size', ['w', 'h', 'dpr', 'fit']],
  ['Crop', ['g']],
  ['Format', ['f', 'q']],
  ['Look', ['blur', 'sharpen', 'gray', 'bg']],
  ['Turn', ['rot', 'flip']],
  ['More', []],
]

/** Names for people; a parameter without one has its own. */
const LABELS = {
  p: 'Preset',
  w: 'Width',
  h: 'Height',
  dpr: 'Device pixel ratio',
  fit: 'Fit',
  g: 'Gravity',
  f: 'Format',
  q: 'Quality',
  blur: 'Blur',
  sharpen: 'Sharpen',
  gray: 'Grey',
  bg: 'Background',
  rot: 'Turn clockwise',
  flip: 'Mirror',
  anim: 'First frame only',
  v: 'Version',
  raw: 'Original as it is',
}

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
    const label = LABELS[param.name] ?? param.name
    const changed = (text) => this.state.set({ [param.name]: text })
    const presets = Object.keys(config.presets ?? {})
    // Without presets there is nothing to choose.
    if (param.name === 'p' && presets.length === 0) return null
    const makers = {
      choice: () => fields.choice(param, label, changed),
      range: () => fields.range(param, label, changed, () => this.standard(param.name, config)),
      point: () => gravity(param, label, changed),
      color: () => fields.color(param, label, changed),
      text: () => fields.text(param, label, changed),
    }
    const field = param.name === 'p' ? fields.list(param, label, changed, presets) : makers[param.takes.kind]()
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
  standard(name, config) {
    if (name === 'q')
      return String(config.quality[this.state.get('f')] ?? config.quality[config.formats[0]] ?? config.quality.jpeg)
    // A size follows from the original's, and a screen is taken to be a plain one.
    return { w: 'auto', h: 'auto', dpr: '1' }[name] ?? null
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
