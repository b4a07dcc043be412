// What a page needs to show the picture: markup, and a loader for Next.js. Texts only, no elements.

/** The widths that a picture is offered in: none above the original's but the smallest; none where none is allowed. */
export function ladder({ widths }, most) {
  const fit = widths.filter((width) => width <= most)
  return fit.length > 0 ? fit : widths.slice(0, 1)
}

/** `<img>` with what a browser chooses from; Ridge sends each the best format that it names. */
export function image(state, shown, facts, origin) {
  return [
    `<img src="${attribute(origin + state.url({ dpr: '' }))}"`,
    ...candidates(state, shown, facts, origin).map((line, index) =>
      index === 0 ? `     srcset="${line}` : `             ${line}`,
    ),
    `     ${isFixed(state, facts) ? '' : 'sizes="100vw" '}width="${shown.width}" height="${shown.height}" alt="">`,
  ].join('\n')
}

/** `<picture>`, which names the formats itself: for caches that do not know `Vary`. */
export function picture(state, shown, facts, origin) {
  const sources = facts.config.formats.map((name) => {
    const { mime } = facts.formats.find((format) => format.name === name)
    const lines = candidates(state, shown, facts, origin, { f: name })
    const sizes = isFixed(state, facts) ? '' : ' sizes="100vw"'
    return [
      `  <source type="${mime}"${sizes}`,
      ...lines.map((line, index) => (index === 0 ? `          srcset="${line}` : `                  ${line}`)),
    ]
      .join('\n')
      .replace(/"$/, '">')
  })
  const url = attribute(origin + state.url({ dpr: '', f: 'jpeg' }))
  const last = `  <img src="${url}" width="${shown.width}" height="${shown.height}" alt="">`
  return ['<picture>', ...sources, last, '</picture>'].join('\n')
}

/** A loader for Next.js's `<Image>`. */
export function loader(state, facts, origin) {
  const [w, h] = [state.get('w'), state.get('h')].map(Number)
  const others = state.params.filter((name) => state.get(name) && !['w', 'h', 'dpr', 'q'].includes(name))
  const set = (name, value) => `  url.searchParams.set('${name}', ${value})`
  return [
    '// ridge-loader.js; in next.config.js: images: { loader: "custom", loaderFile: "./ridge-loader.js" }',
    'export default function ridge({ src, width, quality }) {',
    `  const url = new URL(src, '${origin}')`,
    ...(hasPresetSides(state, facts) ? [] : [set('w', 'width')]),
    ...(w > 0 && h > 0 ? [set('h', `Math.round((width * ${h}) / ${w})`)] : []),
    ...others.map((name) => set(name, JSON.stringify(state.get(name)))),
    `  ${state.get('q') ? '' : 'if (quality) '}url.searchParams.set('q', ${state.get('q') ? `quality ?? ${JSON.stringify(state.get('q'))}` : 'quality'})`,
    '  return url.href',
    '}',
  ].join('\n')
}

/**
 * With a height, or the sides of a preset, the picture has one size, and screens differ by their density only. A width alone
 * is a choice of many.
 */
function isFixed(state, facts) {
  return state.get('h') !== '' || hasPresetSides(state, facts)
}

function hasPresetSides(state, { sizedPresets }) {
  return state.get('w') === '' && sizedPresets.includes(state.get('p'))
}

/** Whether twice as many pixels may be asked for. */
function isDense({ config: { options } }) {
  const allowed = options === 'any' ? 'any' : (options.dpr ?? [])
  return allowed === 'any' || allowed.includes('2')
}

/** The lines of a `srcset`, the last with the closing quotation mark. */
function candidates(state, shown, facts, origin, changes = {}) {
  const one = (more, word) => attribute(`${origin}${state.url({ ...changes, dpr: '', ...more })}`) + word
  const widths = ladder(facts, shown.most)
  let lines = [one({}, ` ${shown.width}w`)]
  if (isFixed(state, facts)) lines = [one({}, ' 1x'), ...(isDense(facts) ? [one({ dpr: '2' }, ' 2x')] : [])]
  else if (widths.length > 0) lines = widths.map((width) => one({ w: String(width) }, ` ${width}w`))
  return lines.map((line, index) => line + (index === lines.length - 1 ? '"' : ','))
}

function attribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
