import CSodium

/// The library behind this module.
enum Sodium {
    /// Chooses the fastest code for this processor, once. What this module calls works without it too, only slower,
    /// so a failure changes nothing.
    static let isTuned = sodium_init() >= 0
}
