//! Enums with a list of all their cases.

/// Declares an enum with `ALL`, the slice of its cases in declaration order. It can miss no case.
///
/// ```
/// ridge_contract::every! {
///     /// A side of a sheet.
///     #[derive(Debug, PartialEq)]
///     pub enum Side { Front, Back }
/// }
/// assert_eq!(Side::ALL, [Side::Front, Side::Back]);
/// ```
#[macro_export]
macro_rules! every {
    ($(#[$of_enum:meta])* $vis:vis enum $name:ident { $($(#[$of_case:meta])* $case:ident),+ $(,)? }) => {
        $(#[$of_enum])*
        $vis enum $name { $($(#[$of_case])* $case),+ }

        impl $name {
            /// All cases, in declaration order.
            $vis const ALL: &'static [$name] = &[$($name::$case),+];
        }
    };
}
