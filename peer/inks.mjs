// Writes an image as a CMYK JPEG with an embedded profile: node inks.mjs IN OUT

import sharp from 'sharp'

const [from, to] = process.argv.slice(2)
await sharp(from).toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toFile(to)
