// Joins the parts: whatever changes what is chosen, the picture is asked for again.

import { ask } from './ask.js'
import { clients } from './clients.js'
import { Compare } from './compare.js'
import { Controls } from './controls.js'
import { el, segments } from './dom.js'
import { facts } from './facts.js'
import { Figures } from './figures.js'
import { pointOf } from './focal.js'
import { Grid } from './grid.js'
import { ladder } from './markup.js'
import { Mini } from './mini.js'
import { original, reference, turned } from './originals.js'
import { Pictures } from './pictures.js'
import { State } from './state.js'
import { Use } from './use.js'

const VIEWS = [
  ['swipe', 'Swipe'],
  ['beside', 'Side by side'],
  ['grid', 'All formats'],
]

const by = (id) => document.getElementById(id)
const names = facts.params.map(({ name }) => name)
const state = new State(names, facts.pictures[0]?.path ?? '', beginning())
const who = await clients(facts.formats)
const accept = () => (who[state.others.client] ?? who.browser).accept

const stage = by('stage')
const compare = new Compare(stage, (x, y) => state.set({ g: `${x}.${y}` }))
const grid = new Grid(stage, facts, state)
const figures = new Figures(by('figures'), by('stages'), by('status'))
const mini = new Mini(by('mini'), stage)
const controls = new Controls(by('controls'), facts, state)
const use = new Use(facts, state)
const pictures = new Pictures(by('pictures'), facts, () => who.browser.accept, {
  chosen: (path) => {
    // The same path may have another picture now.
    held.path = null
    state.choose({ path })
  },
  refused: refuse,
})

const showView = segments(by('views'), 'view', VIEWS, (view) => state.choose({ view }))
const client = by('client')
client.append(...Object.entries(who).map(([name, { label }]) => el('option', { value: name }, label)))
client.addEventListener('change', () => state.choose({ client: client.value }))
by('reset').addEventListener('click', () => state.reset())
by('explain').addEventListener('change', (event) => by('controls').classList.toggle('explaining', event.target.checked))

/** The original that is shown now, so that it is asked for once. */
const held = { path: null, picture: null }
let current = new AbortController()

state.addEventListener('change', refresh)
refresh()

/** What is asked for at first: something that the configuration allows. */
function beginning() {
  const { config } = facts
  if (config.presetsOnly) return { p: Object.keys(config.presets)[0] ?? '' }
  const widths = ladder(facts, config.maxWidth)
  if (widths.length === 0) return { f: 'auto' }
  return { w: String(widths.find((width) => width >= 640) ?? widths.at(-1)) }
}

function refuse(text) {
  by('refusal').textContent = text
  by('refusal').hidden = false
}

async function refresh() {
  current.abort()
  current = new AbortController()
  const { signal } = current
  const view = VIEWS.some(([name]) => name === state.others.view) ? state.others.view : 'swipe'
  showView(view)
  compare.view(view)
  grid.element.hidden = view !== 'grid'
  client.value = state.others.client in who ? state.others.client : 'browser'
  pictures.show(state.path)
  if (state.path === '') {
    refuse('The bucket has no pictures yet. Add one, or start with --originals DIR.')
    return
  }
  document.body.setAttribute('aria-busy', 'true')
  try {
    await load(view, signal)
    by('refusal').hidden = true
    controls.blame('')
    compare.fade(false)
  } catch (error) {
    if (signal.aborted) return
    refuse(error.message)
    controls.blame(error.message)
    compare.fade(true)
    figures.clear()
    use.show(null)
  }
  if (!signal.aborted) document.body.setAttribute('aria-busy', 'false')
}

async function load(view, signal) {
  const key = decodeURIComponent(state.path.slice(1))
  if (held.path !== state.path) {
    const picture = await original(state.path, who.browser.accept, facts.config.maxWidth, signal)
    held.path = state.path
    held.picture = picture
  }
  const source = held.picture
  const asked = ask(state.url(), accept(), signal)
  // What is wrong with it is told below.
  asked.catch(() => {})
  const origin = await turned(state, source, who.browser.accept, signal).catch(() => source)
  signal.throwIfAborted()
  controls.showSource(origin)
  compare.showSource(origin, key)
  compare.focal.mark(pointOf(state.get('g') || 'center'))
  const variant = await asked
  figures.show(variant, source, !state.get('f') || state.get('f') === 'auto')
  use.show(variant, source)
  mini.show(variant)
  // Where the policy has no twin of it, there is the whole original.
  const under = await reference(state, origin, variant, accept(), signal).catch(() => origin)
  signal.throwIfAborted()
  compare.showReference(under, key)
  compare.showVariant(variant, key, Number(state.get('dpr')) || 1)
  forget([source, origin, variant, under])
  if (view === 'grid') await grid.fill(source, who.browser.accept, signal)
}

let kept = []

/** Frees the pictures that were shown before these. */
function forget(pictures) {
  for (const { src } of kept) if (src && pictures.every((picture) => picture.src !== src)) URL.revokeObjectURL(src)
  kept = pictures
}
