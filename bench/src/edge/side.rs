//! The functions that are compared.

/// A pair of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeSide {
    Ridge,
    /// sharp and AWS's SDK: `peer/edge`.
    Node,
    /// A Node function that does nothing.
    Nothing,
}

impl EdgeSide {
    pub(super) fn name(self) -> &'static str {
        match self {
            EdgeSide::Ridge => "Ridge",
            EdgeSide::Node => "Node pair",
            EdgeSide::Nothing => "Node, idle",
        }
    }
}
