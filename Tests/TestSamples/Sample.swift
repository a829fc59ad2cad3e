private import Glibc

/// What a test looks at where looking at all takes too long for every change. With `MESHSPEC_TESTS=all`, as `.ci/full`
/// sets it, all is looked at.
public enum Sample {
    /// Whether all is looked at.
    public static let isWhole = getenv("MESHSPEC_TESTS").map { String(cString: $0) } == "all"

    /// Every so manieth element, the first one among them.
    public static func every<E>(_ step: Int, of all: [E]) -> [E] {
        isWhole ? all : stride(from: 0, to: all.count, by: step).map { all[$0] }
    }
}
