/// A buffer of 128 bytes for intermediate values: 64 for a hash, 32 for a scalar, 32 for a point.
struct Scratch {
    static var count: Int { 128 }
    let wide: UnsafeMutablePointer<UInt8>
    var scalar: UnsafeMutablePointer<UInt8> { wide + 64 }
    var point: UnsafeMutablePointer<UInt8> { wide + 96 }
    init(_ base: UnsafeMutablePointer<UInt8>) { wide = base }
}
