// What is chosen: a picture, parameters, a view and a client. It stands in the address after `#`, as a path with a query,
// so that it can be shared and reloaded.

/** The chosen things that are no parameters, with their defaults. */
const OTHERS = { view: 'swipe', client: 'browser' }

export class State extends EventTarget {
  /**
   * `params` are the names of the parameters, in the order that a URL has them. When nothing is chosen yet, it is the
   * picture of the path `first` with the parameters `given`.
   */
  constructor(params, first, given) {
    super()
    this.params = params
    this.first = first
    this.given = given
    this.read()
    addEventListener('hashchange', () => {
      this.read()
      this.dispatchEvent(new Event('change'))
    })
  }

  read() {
    const hash = location.hash.slice(1)
    const [path, query] = hash.startsWith('/') ? [hash.split('?', 1)[0], hash.slice(hash.indexOf('?') + 1)] : []
    this.path = path ?? this.first
    const given =
      path === undefined ? this.given : Object.fromEntries(hash.includes('?') ? new URLSearchParams(query) : [])
    this.values = new Map(this.params.filter((name) => given[name]).map((name) => [name, given[name]]))
    this.others = { ...OTHERS }
    for (const name of Object.keys(OTHERS)) if (given[name]) this.others[name] = given[name]
  }

  /** A parameter's text, empty when it is left out. */
  get(name) {
    return this.values.get(name) ?? ''
  }

  /** Sets parameters; an empty text leaves one out. */
  set(changes) {
    for (const [name, text] of Object.entries(changes)) {
      if (text === '') this.values.delete(name)
      else this.values.set(name, text)
    }
    this.write()
  }

  /** Sets what is no parameter. */
  choose(changes) {
    const { path = this.path, ...others } = changes
    this.path = path
    Object.assign(this.others, others)
    this.write()
  }

  /** Leaves all parameters out. */
  reset() {
    this.values.clear()
    this.write()
  }

  /** The URL's path and query for these parameters, with some of them changed or left out. */
  url(changes = {}) {
    const values = new Map([...this.values, ...Object.entries(changes)])
    const said = this.params.filter((name) => values.get(name)).map((name) => `${name}=${spelled(values.get(name))}`)
    return said.length > 0 ? `${this.path}?${said.join('&')}` : this.path
  }

  write() {
    const others = Object.entries(this.others).filter(([name, value]) => value !== OTHERS[name])
    const tail = others.map(([name, value]) => `${name}=${value}`)
    const url = this.url()
    const hash = tail.length > 0 ? `${url}${url.includes('?') ? '&' : '?'}${tail.join('&')}` : url
    history.replaceState(null, '', `#${hash}`)
    this.dispatchEvent(new Event('change'))
  }
}

/** As a query spells it; what need not be escaped stays readable. */
function spelled(text) {
  return encodeURIComponent(text).replaceAll('%2C', ',').replaceAll('%3A', ':')
}
