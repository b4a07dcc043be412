//! A component while it is decoded.

use crate::error::Error;
use crate::header::{Component, Header};
use crate::idct::Transform;
use crate::options::{Chroma, Options};
use crate::planes::Layout;
use crate::scale::{Levels, Scale};
use crate::tables::Tables;

/// A component while it is decoded.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) component: Component,
    pub(crate) layout: Layout,
    pub(crate) scale: Scale,
    levels: Levels,
    /// Set at its first scan, since its quantisation table may come late.
    pub(crate) transform: Option<Transform>,
}

impl Target {
    pub(crate) fn all(header: &Header, options: &Options) -> Vec<Target> {
        let (max_across, max_down) = header.sampling();
        let side = |factor: u8, max: u8| {
            let wanted = options.eighths * (max / factor);
            let is_full = wanted <= 8 && options.chroma == Chroma::Full;
            if is_full { wanted } else { options.eighths }
        };
        let target = |component: &Component| {
            let is_first = component.id == header.components[0].id;
            let scale = match options.chroma {
                Chroma::Reduced(scale) if !is_first => scale,
                _ => Scale { across: side(component.across, max_across), down: side(component.down, max_down) },
            };
            let layout = Layout::new(header, component);
            let levels = options.range.levels(is_first);
            Target { component: *component, layout, scale, levels, transform: None }
        };
        header.components.iter().map(target).collect()
    }

    /// Takes the current quantisation table at the component's first scan, as libjpeg does.
    pub(crate) fn prepare(&mut self, tables: &Tables) -> Result<(), Error> {
        if self.transform.is_none() {
            self.transform =
                Some(Transform::new(tables.quantisers(self.component.quantisers)?, self.scale, self.levels));
        }
        Ok(())
    }
}
