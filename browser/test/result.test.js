// The views of the result: the comparison, the focal point, the figures, the grid.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { address, apart, change, open, serving, settled, shown } from './support.js'

describe('the result', () => {
  const here = serving()
  const avifFirst = serving({ formats: ['avif', 'webp'] })

  test('the divider follows the keyboard', async () => {
    const page = await open(here, '/photos/brook.jpg?w=600&q=1')
    const divider = page.getByRole('slider', { name: /^Divider/ })
    for (let presses = 0; !(await divider.evaluate((it) => it === document.activeElement)); presses += 1) {
      assert.ok(presses < 40, 'Tab does not come to the divider')
      await page.keyboard.press('Tab')
    }
    const clip = () =>
      page
        .locator('.swipe img')
        .nth(1)
        .evaluate((image) => getComputedStyle(image).clipPath)
    const halves = await clip()
    await page.keyboard.press('ArrowRight')
    assert.equal(await divider.getAttribute('aria-valuetext'), '51% original')
    assert.notEqual(await clip(), halves)
    await page.keyboard.press('Home')
    const variant = await page.locator('.swipe').screenshot()
    await page.keyboard.press('End')
    assert.equal(await divider.getAttribute('aria-valuetext'), '100% original')
    assert.notDeepEqual(await page.locator('.swipe').screenshot(), variant)
  })

  test('the original is exactly under the variant, cropped or rotated', async () => {
    for (const query of ['w=300', 'w=200&h=200&g=se', 'w=200&h=200&g=smart', 'w=150&h=300&rot=90', 'w=300&flip=h']) {
      const page = await open(here, `/photos/dandelion.jpg?${query}&q=95`)
      const variant = await shown(page)
      const under = await page.locator('.swipe img').nth(1).evaluate(pixels)
      assert.ok(apart(variant, { pixels: under }) < 4, `${query}: ${apart(variant, { pixels: under })}`)
      await page.context().close()
    }
  })

  test('a click in the original sets the focal point', async () => {
    const page = await open(here, '/photos/dandelion.jpg?w=150&h=300')
    const center = await shown(page)
    const image = page.locator('.gravity .focal img')
    const click = async (of, x, y) => {
      const { width, height } = await of.boundingBox()
      await of.click({ position: { x: width * x, y: height * y } })
    }
    await change(page, () => click(image, 0.2, 0.75))
    const [, x, y] = /[?&]g=(\d+)\.(\d+)(&|$)/.exec(await address(page))
    assert.ok(Math.abs(x - 20) <= 1 && Math.abs(y - 75) <= 1, `${x}.${y}`)
    const left = await shown(page)
    assert.ok(apart(center, left) > 10, 'another crop')
    assert.equal(await page.getByLabel('From the left, %').inputValue(), x)
    await page.getByLabel('Side by side').check()
    await settled(page)
    await change(page, () => click(page.locator('.beside .focal img'), 0.9, 0.5))
    assert.match(await address(page), /[?&]g=(89|90|91)\.(49|50|51)/)
    await change(page, () => page.getByLabel('From the left, %').fill('5'))
    assert.match(await address(page), /[?&]g=5\.(49|50|51)/)
  })

  test('the focal point is set in the rotated image', async () => {
    const page = await open(here, '/photos/dandelion.jpg?w=150&h=150&rot=90')
    const size = await page
      .locator('.gravity .focal img')
      .evaluate((image) => [image.naturalWidth, image.naturalHeight])
    assert.ok(size[1] > size[0], String(size))
  })

  test('the figures equal the response', async () => {
    const page = await open(here, '/photos/mountains.jpg?w=222')
    const figure = (name) => page.locator(`[data-figure=${name}] dd`).textContent()
    const answer = await fetch(`${here.url}/photos/mountains.jpg?w=222`, { headers: { accept: 'image/webp' } })
    const size = (await answer.arrayBuffer()).byteLength
    assert.match(
      await figure('bytes'),
      new RegExp(`^${(size / 1000).toPrecision(3).replace(/\.0+$/, '')} kBof 365 kB$`),
    )
    assert.equal(await figure('saving'), `${Math.round((1 - size / 364545) * 100)} %smaller`)
    assert.equal(await figure('pixels'), '222 × 167of 1600 × 1200')
    assert.equal(await figure('format'), 'WebPnegotiated')
    assert.match(await figure('found'), /^Miss/)
    assert.match(await page.locator('.stages').textContent(), /Made in .*decode .*encode .*put /)
    assert.match(
      await page.getByRole('status').textContent(),
      /^WebP, 222 × 167 pixels, .* smaller; not in the cache\.$/,
    )
    await page.reload()
    await settled(page)
    assert.match(await figure('found'), /^Hit/)
    assert.match(await page.locator('.stages').textContent(), /^Made earlier/)
  })

  test('one client gets WebP and another JPEG from the same URL', async () => {
    const page = await open(here, '/photos/drum.jpg?w=80')
    assert.equal((await shown(page)).type, 'image/webp')
    const choose = async (label) => {
      await page.getByLabel('Seen by').selectOption({ label })
      await settled(page)
      return shown(page)
    }
    const old = await choose('one without WebP')
    assert.deepEqual([old.type, old.path], ['image/jpeg', '/photos/drum.jpg?w=80'])
    assert.equal((await choose('one with AVIF')).type, 'image/webp', 'the configuration has no AVIF')
    const avif = await open(avifFirst, '/photos/drum.jpg?w=80&client=avif')
    assert.equal((await shown(avif)).type, 'image/avif')
  })

  test('metadata is shown, and offers no markup', async () => {
    const page = await open(here, '/photos/brook.jpg?w=300&h=150&f=thumbhash')
    const placeholder = await shown(page)
    assert.deepEqual([placeholder.type, placeholder.width, placeholder.height], ['text/plain', 32, 18])
    const format = (page) => page.locator('[data-figure="format"] dd').textContent()
    assert.match(await format(page), /^ThumbHash/)
    assert.ok(await page.locator('#snippet').isHidden())
    const facts = await open(here, '/photos/brook.jpg?w=300&h=150&f=json')
    const told = JSON.parse(await facts.locator('.swipe img').first().getAttribute('alt'))
    assert.deepEqual([told.width, told.height, told.original.format], [300, 150, 'jpeg'])
    assert.match(await format(facts), /^JSON/)
    assert.ok(await facts.locator('#snippet').isHidden())
    assert.deepEqual([...page.complaints, ...facts.complaints], [])
  })

  test('the grid shows all formats and sizes', async () => {
    const page = await open(here, '/photos/brook.jpg?w=300&h=150&q=50&view=grid')
    const heads = await page.locator('.grid thead th').allTextContents()
    assert.deepEqual(heads, ['WebP', 'AVIF', 'JPEG', 'PNG', 'GIF'])
    const cells = page.locator('.grid td button')
    assert.equal(await cells.count(), 15)
    for (const [index, text] of (await cells.allTextContents()).entries()) {
      assert.match(text, /^[A-Za-z]+, \d+ px: [\d.]+ [kM]B\d+ × \d+/, `cell ${index}`)
    }
    assert.equal(await page.locator('.grid .least').count(), 3)
    const widths = await page.locator('.grid td img').evaluateAll((all) => all.map((image) => image.naturalWidth))
    assert.deepEqual([...new Set(widths)], [320, 800, 1280])
    await change(page, () => cells.nth(1).click())
    const chosen = await shown(page)
    assert.deepEqual([chosen.type, chosen.width, chosen.height], ['image/avif', 320, 160])
    assert.ok(await page.locator('.swipe').isVisible())
  })
})

function pixels(image) {
  const canvas = document.createElement('canvas')
  canvas.width = 32
  canvas.height = 32
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0, 32, 32)
  return [...context.getImageData(0, 0, 32, 32).data]
}
