// Each control changes the picture, and what it changes stands in the URL.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apart, change, open, serving, settled, shown } from './support.js'

const START = '/photos/brook.jpg?w=300&h=200'

/** What is done, what then stands in the URL, and what the picture must be. */
const CONTROLS = [
  [(page) => page.getByLabel('Width', { exact: true }).fill('150'), 'w=150&h=200', { width: 150, height: 200 }],
  [(page) => page.getByLabel('Height', { exact: true }).fill('100'), 'w=300&h=100', { width: 300, height: 100 }],
  [(page) => page.getByLabel('Leave out Height').click(), 'w=300', { width: 300, height: 200 }],
  [(page) => slide(page, 'Width, slider', 'ArrowRight'), 'w=301&h=200', { width: 301, height: 200 }],
  [
    (page) => page.getByLabel('Device pixel ratio', { exact: true }).fill('1.5'),
    'dpr=1.5',
    { width: 450, height: 300 },
  ],
  [(page) => page.getByLabel('contain', { exact: true }).check(), 'fit=contain', { width: 300, height: 200 }],
  [(page) => page.getByLabel('inside', { exact: true }).check(), 'fit=inside', { width: 300, height: 200 }],
  [(page) => page.getByLabel('webp', { exact: true }).check(), 'f=webp', { type: 'image/webp' }],
  [(page) => page.getByLabel('avif', { exact: true }).check(), 'f=avif', { type: 'image/avif' }],
  [(page) => page.getByLabel('jpeg', { exact: true }).check(), 'f=jpeg', { type: 'image/jpeg' }],
  [(page) => page.getByLabel('png', { exact: true }).check(), 'f=png', { type: 'image/png' }],
  [(page) => page.getByLabel('gif', { exact: true }).check(), 'f=gif', { type: 'image/gif' }],
  [(page) => page.getByLabel('Quality', { exact: true }).fill('5'), 'q=5', { changes: 1 }],
  [(page) => page.getByLabel('Blur', { exact: true }).fill('9.5'), 'blur=9.5', { changes: 5 }],
  [(page) => page.getByLabel('Sharpen', { exact: true }).fill('20'), 'sharpen=20', { changes: 1 }],
  [(page) => page.getByLabel('Grey').check(), 'gray=1', { changes: 2 }],
  [(page) => page.getByLabel('90', { exact: true }).check(), 'rot=90', { changes: 10 }],
  [(page) => page.getByLabel('hv', { exact: true }).check(), 'flip=hv', { changes: 10 }],
  [(page) => page.getByLabel('Version', { exact: true }).fill('a-1'), 'v=a-1', { width: 300 }],
]

describe('the controls', () => {
  const here = serving()

  test('change the picture', async () => {
    const page = await open(here, START)
    const start = await shown(page)
    assert.deepEqual([start.width, start.height, start.type], [300, 200, 'image/webp'])
    for (const [action, query, expected] of CONTROLS) {
      await page.evaluate((hash) => {
        location.hash = hash
      }, START)
      await page.waitForFunction(() => document.querySelector('#addresses code').textContent.endsWith('?w=300&h=200'))
      await settled(page)
      await change(page, () => action(page))
      const { changes = 0, ...facts } = expected
      const now = await shown(page)
      assert.ok(now.path.includes(query), `${now.path} has no ${query}`)
      for (const [name, value] of Object.entries(facts)) assert.equal(now[name], value, `${query}: ${name}`)
      assert.ok(apart(now, start) >= changes, `${query}: ${apart(now, start)} is under ${changes}`)
    }
    assert.deepEqual(page.complaints, [])
  })

  test('take a background, a gravity and the first frame', async () => {
    const page = await open(here, '/photos/mark.png?w=200&h=100&fit=contain&f=jpeg')
    const white = await shown(page)
    await change(page, () => page.getByLabel('Background', { exact: true }).fill('ff0000'))
    const red = await shown(page)
    assert.ok(red.path.includes('bg=ff0000') && apart(white, red) > 50)
    assert.deepEqual(
      red.pixels.slice(0, 3).map((value) => Math.round(value / 20) * 20),
      [260, 0, 0],
    )
    await change(page, () => page.getByLabel('left', { exact: true }).check())
    assert.ok((await shown(page)).path.includes('g=w&'))
    await change(page, () => page.getByLabel('cover', { exact: true }).check())
    await change(page, () => page.getByLabel('smart', { exact: true }).check())
    assert.ok((await shown(page)).path.includes('g=smart'))
    const moving = await open(here, '/photos/turning.gif?w=100')
    await change(moving, () => moving.getByLabel('First frame only').check())
    assert.ok((await shown(moving)).path.includes('anim=0'))
  })

  test('take an aspect ratio', async () => {
    const page = await open(here, '/photos/brook.jpg?w=300')
    await change(page, () => page.getByLabel('Aspect ratio', { exact: true }).fill('3:1'))
    const wide = await shown(page)
    assert.ok(wide.path.includes('ar=3:1'), wide.path)
    assert.deepEqual([wide.width, wide.height], [300, 100])
  })

  test('a slider offers no more than the original has', async () => {
    const page = await open(here, START)
    assert.equal(await page.getByLabel('Width, slider').getAttribute('max'), '1400')
    assert.equal(await page.getByLabel('Height, slider').getAttribute('max'), '932')
  })

  test('reset leaves all out', async () => {
    const page = await open(here, `${START}&gray=1`)
    await change(page, () => page.getByRole('button', { name: 'Reset' }).click())
    const now = await shown(page)
    assert.deepEqual([now.path, now.width, now.type], ['/photos/brook.jpg', 1400, 'image/jpeg'])
  })

  test("a wrong value shows the server's words, and its field is marked", async () => {
    const page = await open(here, START)
    const field = page.getByLabel('Width', { exact: true })
    await field.fill('640junk')
    const alert = page.getByRole('alert')
    await alert.waitFor()
    const said = await (await fetch(`${here.url}/photos/brook.jpg?w=640junk&h=200`)).text()
    assert.equal(await alert.textContent(), said.trim())
    assert.match(said, /w must be a whole number from 1 to 4096/)
    assert.equal(await field.getAttribute('aria-invalid'), 'true')
    await field.fill('64')
    await alert.waitFor({ state: 'hidden' })
    assert.equal(await field.getAttribute('aria-invalid'), null)
    assert.equal((await shown(page)).width, 64)
  })

  test('a parameter that the table has, and the page knows nothing of, has a control', async () => {
    const browserPage = await here.browser.newPage()
    await browserPage.route(`${here.url}/`, async (route) => {
      const answer = await route.fetch()
      const row = {
        name: 'tilt',
        label: 'tilt',
        values: '1 or 2',
        meaning: 'new',
        takes: { kind: 'choice', choices: ['1', '2'] },
        default: null,
      }
      const body = (await answer.text()).replace('"params":[', `"params":[${JSON.stringify(row)},`)
      await route.fulfill({ response: answer, body })
    })
    await browserPage.goto(`${here.url}/#${START}`)
    await settled(browserPage)
    await browserPage.getByRole('group', { name: 'tilt' }).getByLabel('2').check()
    await browserPage.waitForFunction(() => document.querySelector('#addresses code').textContent.includes('tilt=2'))
  })
})

async function slide(page, label, key) {
  await page.getByLabel(label).focus()
  await page.keyboard.press(key)
}

describe('a configuration that allows little', () => {
  const here = serving({ maxWidth: 500, formats: [] })

  test('is what the page begins with', async () => {
    const page = await open(here)
    const start = await shown(page)
    assert.deepEqual([start.path, start.width, start.type], ['/photos/brook.jpg?w=480', 480, 'image/jpeg'])
    assert.equal(await page.getByLabel('Width, slider').getAttribute('max'), '500')
    await page.getByLabel('Width', { exact: true }).fill('501')
    await page.getByRole('alert').getByText('from 1 to 500').waitFor()
  })
})

describe('a configuration with presets', () => {
  const presets = { card: 'w=150&h=100&f=jpeg', thumb: 'w=60&h=60' }
  const here = serving({ presets, presetsOnly: true })

  test('has them to choose from, and they are all that is allowed', async () => {
    const page = await open(here)
    const card = await shown(page)
    assert.deepEqual(
      [card.path, card.width, card.height, card.type],
      ['/photos/brook.jpg?p=card', 150, 100, 'image/jpeg'],
    )
    const list = page.getByLabel('Preset', { exact: true })
    assert.deepEqual(await list.locator('option').allTextContents(), ['none', 'card', 'thumb'])
    await change(page, () => list.selectOption('thumb'))
    const thumb = await shown(page)
    assert.deepEqual([thumb.path, thumb.width, thumb.height], ['/photos/brook.jpg?p=thumb', 60, 60])
    assert.match(await page.locator('#addresses code').last().textContent(), /^\/w_60\/h_60\/webp\//)
    const markup = await page.locator('#snippet').textContent()
    assert.match(markup, /\?p=thumb 1x,\s+\S+\?p=thumb&amp;dpr=2 2x"\s+width="60" height="60"/)
    await page.waitForFunction(() => document.querySelectorAll('#pictures img:not([src])').length === 0)
    await page.getByLabel('Width', { exact: true }).fill('61')
    await page.getByRole('alert').waitFor()
    assert.match(await page.getByRole('alert').textContent(), /preset/)
  })
})

describe('a configuration without widths', () => {
  const here = serving({ widths: [], heights: [100, 200] })

  test('begins with the picture as it is, and offers no other width', async () => {
    const page = await open(here)
    const whole = await shown(page)
    assert.deepEqual([whole.path, whole.type], ['/photos/brook.jpg?f=auto', 'image/webp'])
    const text = await page.locator('#snippet').textContent()
    assert.match(text, /srcset="[^,]*\?f=auto \d+w"/)
    const grid = await open(here, '/photos/brook.jpg?f=auto&view=grid')
    assert.deepEqual(await grid.locator('.grid tbody th').allTextContents(), ['as it is'])
    assert.match(await grid.locator('.grid td button').first().textContent(), /^WebP, as it is: [\d.]+ [kM]B/)
  })
})
