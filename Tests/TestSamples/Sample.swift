private import Glibc

/// A sample of elements, if a test of all elements takes too long for each change. With `MESHSPEC_TESTS=all`, as in
/// `.ci/full`, the tests use all elements.
public enum Sample {
    /// True if tests use all elements.
    public static let isWhole = getenv("MESHSPEC_TESTS").map { String(cString: $0) } == "all"

    /// Returns the first element and each `step`-th element after it.
    public static func every<E>(_ step: Int, of all: [E]) -> [E] {
        isWhole ? all : stride(from: 0, to: all.count, by: step).map { all[$0] }
    }
}
