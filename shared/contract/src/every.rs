//! Enums that know all of their cases.

/// Declares an enum with `ALL`, the slice of its cases in the order of their declaration. No case can be missing there.
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
            /// All cases, in the order of their declaration.
            $vis const ALL: &'static [$name] = &[$($name::$case),+];
        }
    };
}
