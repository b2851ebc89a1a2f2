// The other side of the bench: the same eight files by sharp, in each of the ways that its users recommend. Reads
// commands on standard input: `run FORM` answers with milliseconds, `save FORM FOLDER` writes the files and
// `reference FOLDER` writes the sizes resized from the whole picture, without reduced decoding.
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import sharp from 'sharp'

const widths = [320, 640, 1024, 1600]
const source = await readFile(process.argv[2])

const encode = (image) => [image.clone().webp({ quality: 80 }).toBuffer(), image.clone().jpeg({ quality: 80 }).toBuffer()]
const all = (open) => Promise.all(widths.flatMap((width) => encode(open(width))))

const raw = async (image) => {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  return () => sharp(data, { raw: { width, height, channels } })
}

const forms = {
  // One input, a clone for each size: each clone decodes at its own reduced scale.
  clones: () => {
    const image = sharp(source)
    return all((width) => image.clone().resize(width))
  },
  // The same, fed as a stream, which sharp buffers once.
  stream: () => {
    const image = sharp()
    const done = all((width) => image.clone().resize(width))
    image.end(source)
    return done
  },
  // One decoding of the whole picture, then clones of the pixels.
  pixels: async () => {
    const open = await raw(sharp(source))
    return all((width) => open().resize(width))
  },
  // One decoding at the reduced scale of the largest size, then clones of its pixels.
  reduced: async () => {
    const open = await raw(sharp(source).resize(3000))
    return all((width) => open().resize(width))
  },
  // One decoding and resizing to the largest size, the others from that.
  largest: async () => {
    const open = await raw(sharp(source).resize(Math.max(...widths)))
    return all((width) => open().resize(width))
  },
}

const commands = {
  forms: async () => Object.keys(forms).join(' '),
  run: async (form) => {
    const start = performance.now()
    await forms[form]()
    return (performance.now() - start).toFixed(2)
  },
  save: async (form, folder) => {
    const files = await forms[form]()
    const names = widths.flatMap((width) => [`${width}.webp`, `${width}.jpg`])
    await Promise.all(names.map((name, at) => writeFile(`${folder}/${name}`, files[at])))
    return 'saved'
  },
  reference: async (folder) => {
    for (const width of widths) {
      const pixels = await sharp(source).resize(width, null, { fastShrinkOnLoad: false }).removeAlpha().raw().toBuffer()
      await writeFile(`${folder}/${width}.rgb`, pixels)
    }
    return 'saved'
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...rest] = line.split(' ')
  console.log(await commands[command](...rest))
}
