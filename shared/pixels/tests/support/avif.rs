//! AVIF files built by hand (ISO/IEC 14496-12, ISO/IEC 23008-12) around AV1 that the pipeline has encoded.

use image::DynamicImage;

/// AV1 data with its configuration.
#[derive(Clone)]
pub(crate) struct Coded {
    pub(crate) size: (u32, u32),
    pub(crate) config: Vec<u8>,
    pub(crate) data: Vec<u8>,
}

impl Coded {
    /// Encodes an opaque image.
    pub(crate) fn new(image: impl Into<DynamicImage>) -> Coded {
        let image = image.into();
        let size = (image.width(), image.height());
        let file = super::avif(image.into_rgb8());
        let at = file.windows(4).position(|window| window == b"av1C").unwrap();
        let data = file.windows(4).rposition(|window| window == b"mdat").unwrap() + 4;
        Coded { size, config: file[at + 4..at + 8].to_vec(), data: file[data..].to_vec() }
    }

    /// The properties of every coded image.
    fn properties(&self) -> Vec<Property> {
        vec![(false, extents(self.size)), (true, boxed(b"av1C", &[&self.config])), (false, nclx())]
    }

    /// Returns an item with this image.
    pub(crate) fn item(&self, id: u16) -> Item {
        Item { id, kind: *b"av01", properties: self.properties(), pieces: vec![self.data.clone()] }
    }

    /// Returns an item that is the transparency of another one.
    pub(crate) fn alpha(&self, id: u16) -> Item {
        self.item(id).with(false, full(b"auxC", 0, 0, &[ALPHA, b"\0"]))
    }
}

pub(crate) const ALPHA: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha";
pub(crate) const DEPTH: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:depth";

/// Whether the property is essential, and its box.
type Property = (bool, Vec<u8>);

#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) id: u16,
    pub(crate) kind: [u8; 4],
    pub(crate) properties: Vec<Property>,
    /// Its data, in pieces that do not touch.
    pub(crate) pieces: Vec<Vec<u8>>,
}

impl Item {
    /// A grid.
    pub(crate) fn grid(id: u16, (columns, rows): (u8, u8), size: (u32, u32)) -> Item {
        let data = [&[0, 1, rows - 1, columns - 1][..], &size.0.to_be_bytes(), &size.1.to_be_bytes()].concat();
        Item { id, kind: *b"grid", properties: vec![(false, extents(size)), (false, nclx())], pieces: vec![data] }
    }

    pub(crate) fn with(mut self, is_essential: bool, property: Vec<u8>) -> Item {
        self.properties.push((is_essential, property));
        self
    }
}

/// A file of items; the first one is shown.
#[derive(Clone, Default)]
pub(crate) struct Avif {
    pub(crate) items: Vec<Item>,
    pub(crate) references: Vec<([u8; 4], u16, Vec<u16>)>,
    /// Whether each item's properties are in a box of their own.
    pub(crate) has_many_lists: bool,
    /// Whether the data is in the `meta` box, which has no length.
    pub(crate) is_open: bool,
    /// Returns the `moov` box for data at this offset.
    pub(crate) movie: Option<Movie>,
}

impl Avif {
    pub(crate) fn new(items: &[Item]) -> Avif {
        Avif { items: items.to_vec(), ..Avif::default() }
    }

    pub(crate) fn refer(mut self, kind: &[u8; 4], from: u16, to: &[u16]) -> Avif {
        self.references.push((*kind, from, to.to_vec()));
        self
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        let brand: &[u8] = if self.movie.is_some() { b"avis" } else { b"avif" };
        let head = boxed(b"ftyp", &[brand, &[0; 4], brand, b"mif1"]);
        let (data, places) = self.data();
        let build = |start: u32| {
            let meta = self.meta(start, &places, &data);
            let movie = self.movie.as_ref().map_or(Vec::new(), |movie| movie.boxed(start + data.len() as u32));
            (meta, movie)
        };
        let (meta, movie) = build(0);
        let start = if self.is_open { 0 } else { (head.len() + meta.len() + movie.len() + 8) as u32 };
        let (meta, movie) = build(start);
        if self.is_open {
            return [head, [&[0; 4], &meta[4..]].concat()].concat();
        }
        let samples = self.movie.as_ref().map_or(Vec::new(), Movie::data);
        [head, meta, movie, boxed(b"mdat", &[&data, &samples])].concat()
    }

    /// Returns all data, with an unused byte before each piece, and the places of the pieces.
    fn data(&self) -> (Vec<u8>, Vec<Vec<(u32, u32)>>) {
        let mut data = Vec::new();
        let mut places = Vec::new();
        for item in &self.items {
            let mut of_item = Vec::new();
            for piece in &item.pieces {
                data.push(0xaa);
                of_item.push((data.len() as u32, piece.len() as u32));
                data.extend(piece);
            }
            places.push(of_item);
        }
        (data, places)
    }

    fn meta(&self, start: u32, places: &[Vec<(u32, u32)>], data: &[u8]) -> Vec<u8> {
        let handler = full(b"hdlr", 0, 0, &[&[0; 4], b"pict", &[0; 13]]);
        let Some(first) = self.items.first() else { return Vec::new() };
        let primary = full(b"pitm", 0, 0, &[&first.id.to_be_bytes()]);
        let count = (self.items.len() as u16).to_be_bytes();
        let entry = |item: &Item| full(b"infe", 2, 0, &[&item.id.to_be_bytes(), &[0, 0], &item.kind, &[0]]);
        let entries: Vec<u8> = self.items.iter().flat_map(entry).collect();
        let mut locations = Vec::new();
        for (item, places) in self.items.iter().zip(places) {
            for field in [item.id, u16::from(self.is_open), 0, places.len() as u16] {
                locations.extend(field.to_be_bytes());
            }
            for (offset, length) in places {
                locations.extend((start + offset).to_be_bytes());
                locations.extend(length.to_be_bytes());
            }
        }
        let reference = |(kind, from, to): &([u8; 4], u16, Vec<u16>)| {
            let to_bytes: Vec<u8> = to.iter().flat_map(|to| to.to_be_bytes()).collect();
            boxed(kind, &[&from.to_be_bytes(), &(to.len() as u16).to_be_bytes(), &to_bytes])
        };
        let references: Vec<u8> = self.references.iter().flat_map(reference).collect();
        let mut container = Vec::new();
        let mut lists = Vec::new();
        let mut number = 0u16;
        for item in &self.items {
            let mut list = item.id.to_be_bytes().to_vec();
            list.push(item.properties.len() as u8);
            for (is_essential, property) in &item.properties {
                number += 1;
                container.extend(property);
                list.extend((number | u16::from(*is_essential) << 15).to_be_bytes());
            }
            lists.push(list);
        }
        let associations: Vec<u8> = if self.has_many_lists {
            lists.iter().flat_map(|list| full(b"ipma", 0, 1, &[&1u32.to_be_bytes(), list])).collect()
        } else {
            full(b"ipma", 0, 1, &[&(lists.len() as u32).to_be_bytes(), &lists.concat()])
        };
        full(
            b"meta",
            0,
            0,
            &[
                &handler,
                &primary,
                &full(b"iloc", 1, 0, &[&[0x44, 0], &count, &locations]),
                &full(b"iinf", 0, 0, &[&count, &entries]),
                &full(b"iref", 0, 0, &[&references]),
                &boxed(b"iprp", &[&boxed(b"ipco", &[&container]), &associations]),
                &if self.is_open { boxed(b"idat", &[data]) } else { Vec::new() },
            ],
        )
    }
}

/// An image sequence.
#[derive(Clone, Default)]
pub(crate) struct Movie {
    pub(crate) tracks: Vec<Track>,
}

#[derive(Clone)]
pub(crate) struct Track {
    /// The frames.
    pub(crate) samples: Vec<Coded>,
    /// The type of the sample entry.
    pub(crate) codec: [u8; 4],
    /// The track to which this auxiliary track belongs, by its number from 1, and its URN.
    pub(crate) auxiliary: Option<(u32, Option<&'static [u8]>)>,
}

impl Track {
    pub(crate) fn new(samples: &[Coded]) -> Track {
        Track { samples: samples.to_vec(), codec: *b"av01", auxiliary: None }
    }

    fn boxed(&self, id: u32, offset: u32) -> Vec<u8> {
        let first = &self.samples[0];
        let (width, height) = first.size;
        let word = |number: u32| number.to_be_bytes();
        let header = full(
            b"tkhd",
            0,
            7,
            &[&[0; 8], &word(id), &[0; 8], &[0; 16], &[0; 36], &word(width << 16), &word(height << 16)],
        );
        let reference = self.auxiliary.map_or(Vec::new(), |(to, _)| boxed(b"tref", &[&boxed(b"auxl", &[&word(to)])]));
        let urn = self.auxiliary.and_then(|(_, urn)| urn);
        let auxiliary = urn.map_or(Vec::new(), |urn| full(b"auxi", 0, 0, &[urn, b"\0"]));
        let entry = boxed(&self.codec, &[&[0; 78], &boxed(b"av1C", &[&first.config]), &nclx(), &auxiliary]);
        let count = self.samples.len() as u32;
        let sizes: Vec<u8> = self.samples.iter().flat_map(|sample| word(sample.data.len() as u32)).collect();
        let table = [
            full(b"stsd", 0, 0, &[&word(1), &entry]),
            full(b"stts", 0, 0, &[&word(1), &word(count), &word(1)]),
            full(b"stsc", 0, 0, &[&word(1), &word(1), &word(count), &word(1)]),
            full(b"stsz", 0, 0, &[&word(0), &word(count), &sizes]),
            full(b"stco", 0, 0, &[&word(1), &word(offset)]),
        ];
        let media = [
            full(b"mdhd", 0, 0, &[&[0; 8], &word(10), &word(count), &[0; 4]]),
            full(b"hdlr", 0, 0, &[&[0; 4], b"pict", &[0; 13]]),
            boxed(b"minf", &[&boxed(b"stbl", &[&table.concat()])]),
        ];
        boxed(b"trak", &[&header, &reference, &boxed(b"mdia", &[&media.concat()])])
    }
}

impl Movie {
    fn boxed(&self, mut offset: u32) -> Vec<u8> {
        let mut tracks = full(b"mvhd", 0, 0, &[&[0; 96]]);
        for (index, track) in self.tracks.iter().enumerate() {
            tracks.extend(track.boxed(index as u32 + 1, offset));
            offset += track.samples.iter().map(|sample| sample.data.len() as u32).sum::<u32>();
        }
        boxed(b"moov", &[&tracks])
    }

    fn data(&self) -> Vec<u8> {
        self.tracks.iter().flat_map(|track| track.samples.iter().flat_map(|sample| sample.data.clone())).collect()
    }
}

fn extents((width, height): (u32, u32)) -> Vec<u8> {
    full(b"ispe", 0, 0, &[&width.to_be_bytes(), &height.to_be_bytes()])
}

/// sRGB, as the pipeline encodes it.
fn nclx() -> Vec<u8> {
    boxed(b"colr", &[b"nclx", &[0, 1, 0, 13, 0, 6, 0x80]])
}

/// A clean aperture: width, height, and the distance of its centre from that of the image.
pub(crate) fn clap(width: i32, height: i32, right: i32, down: i32) -> Vec<u8> {
    let numbers = [width, 1, height, 1, right, 1, down, 1];
    boxed(b"clap", &[&numbers.map(i32::to_be_bytes).concat()])
}

/// A box with version and flags.
pub(crate) fn full(kind: &[u8; 4], version: u8, flags: u8, content: &[&[u8]]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, flags], &content.concat()])
}

pub(crate) fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&(content.len() as u32 + 8).to_be_bytes()[..], kind, &content].concat()
}
