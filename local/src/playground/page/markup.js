// What a page needs to show the picture: markup, and a loader for Next.js. Texts only, no elements.

/** The widths that a picture is offered in: none above the original's. */
export function ladder({ config, widths }, most) {
  const fit = widths.filter((width) => width <= most)
  return fit.length > 0 ? fit : [Math.min(most, config.maxWidth)]
}

/** `<img>` with what a browser chooses from; Ridge sends each the best format that it names. */
export function image(state, shown, facts, origin) {
  return [
    `<img src="${attribute(origin + state.url({ dpr: '' }))}"`,
    ...candidates(state, shown, facts, origin).map((line, index) =>
      index === 0 ? `     srcset="${line}` : `             ${line}`,
    ),
    `     ${isFixed(state) ? '' : 'sizes="100vw" '}width="${shown.width}" height="${shown.height}" alt="">`,
  ].join('\n')
}

/** `<picture>`, which names the formats itself: for caches that do not know `Vary`. */
export function picture(state, shown, facts, origin) {
  const sources = facts.config.formats.map((name) => {
    const { mime } = facts.formats.find((format) => format.name === name)
    const lines = candidates(state, shown, facts, origin, { f: name })
    const sizes = isFixed(state) ? '' : ' sizes="100vw"'
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
export function loader(state, origin) {
  const [w, h] = [state.get('w'), state.get('h')].map(Number)
  const others = state.params.filter((name) => state.get(name) && !['w', 'h', 'dpr', 'q'].includes(name))
  const set = (name, value) => `  url.searchParams.set('${name}', ${value})`
  return [
    '// ridge-loader.js; in next.config.js: images: { loader: "custom", loaderFile: "./ridge-loader.js" }',
    'export default function ridge({ src, width, quality }) {',
    `  const url = new URL(src, '${origin}')`,
    set('w', 'width'),
    ...(w > 0 && h > 0 ? [set('h', `Math.round((width * ${h}) / ${w})`)] : []),
    ...others.map((name) => set(name, JSON.stringify(state.get(name)))),
    `  ${state.get('q') ? '' : 'if (quality) '}url.searchParams.set('q', ${state.get('q') ? `quality ?? ${JSON.stringify(state.get('q'))}` : 'quality'})`,
    '  return url.href',
    '}',
  ].join('\n')
}

/** With both sides the picture has one size, and screens differ by their density only. */
function isFixed(state) {
  return state.get('w') !== '' && state.get('h') !== ''
}

/** The lines of a `srcset`, the last with the closing quotation mark. */
function candidates(state, shown, facts, origin, changes = {}) {
  const one = (more, word) => attribute(`${origin}${state.url({ ...changes, dpr: '', ...more })}`) + word
  const lines = isFixed(state)
    ? ['1', '2'].map((dpr) => one({ dpr: dpr === '1' ? '' : dpr }, ` ${dpr}x`))
    : ladder(facts, shown.most).map((width) => one({ w: String(width) }, ` ${width}w`))
  return lines.map((line, index) => line + (index === lines.length - 1 ? '"' : ','))
}

function attribute(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
}
