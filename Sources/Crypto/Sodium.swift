import CSodium

/// The library that this module uses.
enum Sodium {
    /// True if libsodium has chosen the fastest code for this processor. The choice is made once. All functions of this
    /// module also work without it, only slower, so a failure changes nothing.
    static let isTuned = sodium_init() >= 0
}
